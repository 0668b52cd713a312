import Foundation
import Recurrent

/// What process 0 and another process of a sweep tell each other about one of the other's places.
enum SweepMessage: Codable, Equatable {
  /// Begin a training.
  case start(place: Int, arguments: [String], log: String)
  /// Ask the training to save and end.
  case stop(place: Int)
  /// It was begun, or waited for, or cannot be begun.
  case begun(place: Int, isOwn: Bool, problem: String?)
  /// It ended.
  case ended(place: Int, SweepEnd)

  /// The message as bytes.
  var bytes: [UInt8] {
    // Numbers and text: nothing here can fail to be encoded.
    Array((try? JSONEncoder().encode(self)) ?? Data())
  }

  init(_ bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(SweepMessage.self, from: Data(bytes))
  }
}

/// Another process that trains for a sweep, as process 0 sees it.
final class SweepRank {
  private let channel: ProcessChannel
  private let name: String
  private var begun: [Int: (isOwn: Bool, problem: String?)] = [:]
  private var ended: [Int: SweepEnd] = [:]
  /// Why nothing more can be trained there.
  private(set) var loss: ProcessLoss?

  init(_ rank: Int, of group: ProcessGroup) {
    channel = ProcessChannel(to: rank, of: group)
    name = group.name(of: rank)
  }

  /// Begins a training; returns whether it was begun from here.
  func start(_ job: SweepJob, at place: Int) throws -> Bool {
    channel.send(
      SweepMessage.start(place: place, arguments: job.arguments, log: job.log.path).bytes
    )
    while true {
      listen()
      if let loss { throw CommandFailure("\(loss)") }
      if let (isOwn, problem) = begun.removeValue(forKey: place) {
        if let problem { throw CommandFailure("\(name): \(problem)") }
        return isOwn
      }
      usleep(1000)
    }
  }

  /// How a place's training ended; where the process is gone, nobody knows, and it stays to be done.
  func end(at place: Int) -> SweepEnd? {
    listen()
    return ended.removeValue(forKey: place) ?? (loss == nil ? nil : .killed(SIGTERM))
  }

  func stop(at place: Int) { channel.send(SweepMessage.stop(place: place).bytes) }

  /// Lets the process go on to its end.
  func close() {
    channel.send([])
    while !channel.isClosed, loss == nil {
      listen()
      usleep(1000)
    }
  }

  private func listen() {
    do {
      while let bytes = try channel.next() {
        switch try SweepMessage(bytes) {
        case .begun(let place, let isOwn, let problem): begun[place] = (isOwn, problem)
        case .ended(let place, let end): ended[place] = end
        case .start, .stop: break
        }
      }
    } catch {
      loss =
        error as? ProcessLoss ?? ProcessLoss(rank: nil, "\(name): said what nobody understands")
    }
  }
}

/// A place for trainings in another process, perhaps on another machine that has the same folders.
final class RankPlace: SweepPlace {
  private let rank: SweepRank
  private let place: Int

  init(_ place: Int, of rank: SweepRank) {
    self.rank = rank
    self.place = place
  }

  func start(_ job: SweepJob) throws -> Bool { try rank.start(job, at: place) }
  func end() -> SweepEnd? { rank.end(at: place) }
  func stop() { rank.stop(at: place) }
}
