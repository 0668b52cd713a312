import Foundation
import Recurrent

/// What process 0 has all processes do next.
enum ProcessOrder {
  /// Train a new run, with the seed asked for and so many after it.
  case begin(seedsAfter: UInt64)
  /// Go on with the run of a record, from a checkpoint if there is one.
  case goOn(record: String, checkpoint: [UInt8]?)
  /// End: everything is done.
  case end

  private struct Header: Codable {
    var seedsAfter: UInt64?
    var record: String?
    var hasCheckpoint = false
  }

  /// Gives the order to all other processes.
  func send(to group: ProcessGroup) throws {
    var header = Header()
    var checkpoint: [UInt8]?
    switch self {
    case .begin(let seeds): header.seedsAfter = seeds
    case .goOn(let record, let bytes):
      header.record = record
      header.hasCheckpoint = bytes != nil
      checkpoint = bytes
    case .end: break
    }
    var bytes = Array(try JSONEncoder().encode(header))
    try group.broadcast(&bytes)
    if var checkpoint { try group.broadcast(&checkpoint) }
  }

  /// Waits for the next order of process 0.
  init(of group: ProcessGroup) throws {
    var bytes: [UInt8] = []
    try group.broadcast(&bytes)
    let header = try JSONDecoder().decode(Header.self, from: Data(bytes))
    if let seeds = header.seedsAfter {
      self = .begin(seedsAfter: seeds)
      return
    }
    guard let record = header.record else {
      self = .end
      return
    }
    guard header.hasCheckpoint else {
      self = .goOn(record: record, checkpoint: nil)
      return
    }
    try group.broadcast(&bytes)
    self = .goOn(record: record, checkpoint: bytes)
  }
}
