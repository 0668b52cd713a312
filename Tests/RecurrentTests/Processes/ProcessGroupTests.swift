import RecurrentTestSupport
import Testing

@testable import Recurrent

struct ProcessGroupTests {
  static let counts = [1, 2, 3, 4, 5, 7, 8]

  @Test("What process 0 has arrives at all", arguments: counts)
  func broadcastArrives(count: Int) throws {
    let message: [UInt8] = (0..<1000).map { UInt8($0 & 255) }
    let results = try ThreadGroup.run(count) { group in
      var bytes = group.isFirst ? message : [1, 2]
      try group.broadcast(&bytes)
      var nothing: [UInt8] = group.isFirst ? [] : [3]
      try group.broadcast(&nothing)
      return [bytes, nothing]
    }
    #expect(results == Array(repeating: [message, []], count: count))
  }

  @Test("Everybody hears what each says, of any length", arguments: counts)
  func gatherHearsAll(count: Int) throws {
    let results = try ThreadGroup.run(count) { group in
      try group.gather([UInt8](repeating: UInt8(group.rank), count: group.rank * 3 % 7))
    }
    let expected = (0..<count).map { [UInt8](repeating: UInt8($0), count: $0 * 3 % 7) }
    #expect(results == Array(repeating: expected, count: count))
  }

  @Test("The largest number is told to all", arguments: counts)
  func maximumIsTold(count: Int) throws {
    let results = try ThreadGroup.run(count) { group in
      [try group.maximum(group.rank * 5 % count - 3), try group.maximum(-group.rank)]
    }
    let largest = (0..<count).map { $0 * 5 % count - 3 }.max() ?? 0
    #expect(results == Array(repeating: [largest, 0], count: count))
  }

  @Test("Who waits for a process that is gone is told so")
  func lossIsTold() throws {
    let results = try ThreadGroup.run(4, losing: 2) { group in
      Result { () throws(ProcessLoss) in try group.maximum(1) }
    }
    #expect(results.count == 3)
    for result in results {
      #expect(throws: ProcessLoss(rank: 2, "process 2 is gone")) { try result.get() }
    }
  }
}
