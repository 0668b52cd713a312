import Foundation
import Recurrent

/// A process that trains what process 0 of a sweep hands out, each training a process of its own here.
struct SweepFollower {
  /// Trains until process 0 has no more.
  static func run(in group: ProcessGroup, workers: Int) throws {
    let channel = try join(group, workers: workers)
    // Whoever asks this process to end asks process 0, too, or this one's trainings to save.
    let interruption = Interruption()
    let places = (0..<workers).map { _ in LocalPlace() }
    var busy: Set<Int> = []
    var hasStopped = false
    while true {
      while let bytes = try channel.next() {
        switch try SweepMessage(bytes) {
        case .start(let place, let arguments, let log):
          let job = SweepJob(arguments: arguments, log: TrainingLog(path: log))
          let answer: SweepMessage
          do {
            answer = .begun(place: place, isOwn: try places[place].start(job), problem: nil)
            busy.insert(place)
          } catch {
            answer = .begun(place: place, isOwn: true, problem: "\(error)")
          }
          channel.send(answer.bytes)
        case .stop(let place):
          if !hasStopped { places[place].stop() }
        case .begun, .ended: break
        }
      }
      if interruption.receivedSignal != nil, !hasStopped {
        hasStopped = true
        for place in busy { places[place].stop() }
      }
      for place in busy {
        guard let end = places[place].end() else { continue }
        busy.remove(place)
        channel.send(SweepMessage.ended(place: place, end).bytes)
      }
      if channel.isClosed {
        channel.send([])
        while !channel.hasSent { _ = try channel.next() }
        return
      }
      usleep(5000)
    }
  }

  /// Waits until process 0 has a sweep, and says how many trainings go on here side by side.
  private static func join(_ group: ProcessGroup, workers: Int) throws -> ProcessChannel {
    _ = try ProcessOrder(of: group)
    try group.agree(on: .success(nil))
    _ = try group.gather(Array("\(workers)".utf8))
    return ProcessChannel(to: 0, of: group)
  }

  /// The other processes, each with its places, once all agree to take part.
  static func places(in group: ProcessGroup) throws -> [(SweepRank, [RankPlace])] {
    try ProcessOrder.begin(seedsAfter: 0).send(to: group)
    try group.agree(on: .success(nil))
    let workers = try group.gather(Array("0".utf8)).map {
      Int(String(decoding: $0, as: UTF8.self)) ?? 0
    }
    return (1..<group.count).map { number in
      let rank = SweepRank(number, of: group)
      return (rank, (0..<workers[number]).map { RankPlace($0, of: rank) })
    }
  }
}
