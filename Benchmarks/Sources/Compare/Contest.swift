import Foundation
import Workloads

/// One job, done by its contenders in turns, so that whatever the machine goes through meanwhile
/// meets them all alike.
struct Contest {
  let job: Job
  let entrants: Set<Entrant>
  let rounds: Int
  let seconds: Double
  let python: URL
  /// The folder with MNIST, if there is one.
  let images: URL?

  /// Threads that wait for work in a spin have gone to sleep after half of this, in seconds.
  static let pause = 0.4

  /// Runs all rounds; adds what versions the contenders say they run on.
  func run(noting versions: inout [String: String]) throws -> JobResult {
    var result = JobResult(job)
    var load = MachineLoad()
    switch job.form {
    case .conversation(let entries):
      let taking = entries.filter { entrants.contains($0.entrant) }
      var contenders = try start(taking, noting: &versions, leavingOut: &result)
      defer { contenders.forEach { $0.process.stop() } }
      for round in 1...rounds {
        for place in contenders.indices {
          load.rest(seconds: Self.pause)
          if let reason = take(turn: round, of: &contenders[place]) {
            result.leaveOut(contenders[place].entry.entrant, reason)
          }
        }
        contenders.removeAll { result.leftOut[$0.entry.entrant.rawValue] != nil }
      }
      result.contenders = contenders.map(\.result)
    case .wholeProcess:
      guard let images else {
        return result.leavingOutAll("no MNIST: give its folder by --data")
      }
      let contest = ProcessContest(images: images, python: python, threads: job.threads)
      result = try contest.run(result, entrants: entrants, rounds: rounds, load: &load)
    }
    result.findRatios()
    result.otherLoad = load.spread
    if let busy = load.spread?.median, busy > 0.1 {
      Progress.say(
        "  other programs kept the processors \(Int(busy * 100))% busy: do not trust this"
      )
    }
    return result
  }

  /// A contender in the ring, and its times so far.
  private struct Running {
    let entry: Job.Entry
    let process: LiveContender
    var result: ContenderResult
  }

  /// Starts the contenders one after the other and lets each get ready.
  private func start(
    _ entries: [Job.Entry],
    noting versions: inout [String: String],
    leavingOut result: inout JobResult
  ) throws -> [Running] {
    let folder = Places.kept.appending(path: "messages")
    try Places.makeFolder(folder)
    var running: [Running] = []
    for entry in entries {
      let entrant = entry.entrant
      do {
        let process = try LiveContender(
          try entrant.command(threads: job.threads, python: python),
          threads: job.threads,
          messages: folder.appending(path: "\(entrant.rawValue).txt")
        )
        let answer = try process.turn(entry.workload, seconds: 0)
        versions.merge(process.versions) { $1 }
        if let reason = answer.unsupported ?? answer.failure {
          process.stop()
          result.leaveOut(entrant, reason)
          continue
        }
        var own = ContenderResult(
          entrant,
          settings: answer.settings ?? "",
          comparesRates: job.comparesRates
        )
        own.operations = entry.workload.operations
        running.append(Running(entry: entry, process: process, result: own))
      } catch let silence as LiveContender.Silence {
        result.leaveOut(entrant, silence.reason)
      }
    }
    return running
  }

  /// Lets one contender have its turn; returns why it drops out, if it does.
  private func take(turn round: Int, of contender: inout Running) -> String? {
    do {
      let answer = try contender.process.turn(contender.entry.workload, seconds: seconds)
      if let reason = answer.unsupported ?? answer.failure { return reason }
      guard let round = Spread(answer.samples ?? []) else { return "it sent no times" }
      contender.result.rounds.append(round)
    } catch let silence as LiveContender.Silence {
      return silence.reason
    } catch {
      return "\(error)"
    }
    let time = TimeText.short(contender.result.rounds.last?.median ?? 0)
    Progress.say("  round \(round), \(contender.entry.entrant.title): \(time)")
    return nil
  }
}
