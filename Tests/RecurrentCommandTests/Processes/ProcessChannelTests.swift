import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

struct ProcessChannelTests {
  @Test("Messages of any length come whole and in order, both ways, until both have no more")
  func messagesComeInOrder() throws {
    let lengths = [1, 7, 8, 9, 100_000, 2]
    let heard = try ThreadGroup.run(2) { group in
      let channel = ProcessChannel(to: 1 - group.rank, of: group)
      for length in lengths {
        channel.send([UInt8](repeating: UInt8(group.rank + 1), count: length))
      }
      channel.send([])
      var heard: [[UInt8]] = []
      while !channel.isClosed || !channel.hasSent {
        while let message = try channel.next() { heard.append(message) }
        usleep(100)
      }
      return heard
    }
    #expect(heard[0] == lengths.map { [UInt8](repeating: 2, count: $0) })
    #expect(heard[1] == lengths.map { [UInt8](repeating: 1, count: $0) })
  }

  @Test("Who waits for a process that is gone is told so")
  func lossIsTold() throws {
    let results = try ThreadGroup.run(2, losing: 1) { group in
      let channel = ProcessChannel(to: 1, of: group)
      return Result { () throws(ProcessLoss) in try channel.next() }
    }
    #expect(throws: ProcessLoss.self) { try results[0].get() }
  }

  @Test(
    "What processes of a sweep tell each other comes back as it was",
    arguments: [
      SweepMessage.start(place: 3, arguments: ["train", "--run=a b"], log: "runs/ä.log"),
      .stop(place: 0), .begun(place: 1, isOwn: false, problem: nil),
      .begun(place: 1, isOwn: true, problem: "no room"), .ended(place: 2, .exited(1)),
      .ended(place: 2, .killed(9)), .ended(place: 2, .unseen),
    ]
  )
  func messagesComeBack(message: SweepMessage) throws {
    #expect(try SweepMessage(message.bytes) == message)
    #expect(throws: (any Error).self) { try SweepMessage(Array(message.bytes.dropLast())) }
  }
}
