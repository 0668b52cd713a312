import ArgumentParser
import Foundation
import Recurrent

/// `recurrent-load soak`: many clients that do all kinds of things for a long time.
struct SoakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak",
    abstract: "Have many clients mix all requests, and see that nothing is lost or mixed up.",
    discussion: """
      Each client asks for predictions, and opens, steps, forks, keeps, restores and deletes sessions of \
      its own, by chance. It takes the same steps with the library, and compares every number to the bit.
      """
  )

  @OptionGroup var target: TargetOptions

  @Option(help: "How long to go on.")
  var seconds = 300.0

  @Option(help: "Clients at once, with a connection each.")
  var clients = 16

  @Option(help: "What the clients do follows from it.")
  var seed: UInt64 = 1

  @Option(help: "The server's process, to read its memory from /proc. Default: its metrics tell.")
  var pid: Int?

  func validate() throws {
    guard 1...86_400 ~= seconds else { throw ValidationError("--seconds is from 1 to 86400") }
    guard 1...1_000 ~= clients else { throw ValidationError("--clients is from 1 to 1000") }
  }

  func run() throws {
    let target = try target.target()
    let examples = try KnownExamples(target, run: self.target.folder, count: 64)
    guard let stream = examples.stream else {
      throw LoadFailure("'\(target.model)' cannot be read step by step; choose another model")
    }
    let questions = PredictCommand.Form.allCases.map { form in
      examples.all.map { Question($0, form, features: examples.features, target) }
    }
    let sessionsBefore = try target.metric("recurrent_sessions_open")
    let memoryBefore = try target.residentBytes(process: pid)
    let end = ContinuousClock.now + .seconds(seconds)
    let results = onThreads(clients) { index in
      var client = SoakClient(target, examples, stream, questions, seed: seed, number: index)
      return client.run(until: end)
    }
    var counts: [SoakClient.Action: Int] = [:]
    for result in results { counts.merge(result.counts, uniquingKeysWith: +) }
    var problems = results.compactMap(\.problem)
    let sessionsAfter = try target.metric("recurrent_sessions_open")
    if problems.isEmpty, sessionsAfter != sessionsBefore {
      problems.append("\(Int(sessionsAfter - sessionsBefore)) sessions are open that nobody uses")
    }
    print(
      String(format: "%@: %d clients, %g s, seed %d", target.model, clients, seconds, Int(seed))
    )
    for action in SoakClient.Action.allCases {
      print("\(action.rawValue): \(counts[action] ?? 0)")
    }
    print("altogether: \(counts.values.reduce(0, +))")
    let memoryAfter = try target.residentBytes(process: pid)
    print(
      String(
        format: "memory before %.1f MB, after %.1f MB",
        Double(memoryBefore) / 1e6,
        Double(memoryAfter) / 1e6
      )
    )
    for problem in problems { print("problem: \(problem)") }
    guard problems.isEmpty else { throw ExitCode.failure }
    print("nothing was lost or mixed up; every number is the library's own, to the bit")
  }
}
