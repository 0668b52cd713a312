import Testing

@testable import Recurrent

struct ShardAllotmentTests {
  private static let shards = [1, 2, 4, 8, 16, 32]

  @Test(
    "Each shard has one process, in order, and none has two more than another",
    arguments: shards
  )
  func everyShardHasOneProcess(shards: Int) {
    for processes in 1...12 {
      let allotment = ShardAllotment(shards: shards, processes: processes)
      let all = (0..<processes).map { allotment.shards(of: $0) }
      #expect(all.flatMap(Array.init) == Array(0..<shards))
      let counts = all.map(\.count)
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
      for (process, own) in all.enumerated() {
        for shard in own { #expect(allotment.owner(of: shard) == process) }
      }
    }
  }

  @Test("Blocks are whole nodes of the tree, as large as can be", arguments: shards)
  func blocksAreNodes(shards: Int) {
    for processes in 1...12 {
      let allotment = ShardAllotment(shards: shards, processes: processes)
      for process in 0..<processes {
        let own = allotment.shards(of: process)
        let blocks = allotment.blocks(of: process)
        #expect(blocks.flatMap(Array.init) == Array(own))
        for block in blocks {
          #expect(block.count & (block.count - 1) == 0)
          #expect(block.lowerBound.isMultiple(of: block.count))
          // The node above reaches beyond what the process has.
          let above = block.lowerBound & ~(2 * block.count - 1)
          let isWhole = own.lowerBound <= above && above + 2 * block.count <= own.upperBound
          #expect(!isWhole)
        }
      }
    }
  }

  @Test("The rows of processes lie one after another and are all rows")
  func rowsLieOneAfterAnother() {
    for rows in [1, 7, 9, 100, 128] {
      let sharding = Sharding(rows: rows)
      for processes in 1...9 {
        let allotment = ShardAllotment(shards: sharding.count, processes: processes)
        let starts = (0...processes).map { allotment.firstRow(in: sharding, of: $0) }
        #expect(starts.first == 0 && starts.last == rows)
        for process in 0..<processes {
          let count = allotment.shards(of: process).reduce(0) { $0 + sharding[$1].count }
          #expect(starts[process + 1] - starts[process] == count)
        }
      }
    }
  }
}
