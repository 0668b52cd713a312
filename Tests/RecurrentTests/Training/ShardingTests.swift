import Testing

@testable import Recurrent

struct ShardingTests {
  @Test func `shards cover the batch, in order and evenly`() {
    for rows in 1...3_000 {
      let sharding = Sharding(rows: rows)
      #expect(sharding.count.nonzeroBitCount == 1, "\(rows) rows: a power of two")
      #expect(sharding.count <= rows, "\(rows) rows")
      let shards = (0..<sharding.count).map { sharding[$0] }
      let isWhole =
        shards[0].lowerBound == 0 && shards[shards.count - 1].upperBound == rows
        && zip(shards, shards.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound }
      #expect(isWhole, "\(rows) rows")
      let sizes = shards.map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(rows) rows")
    }
  }

  // Shards of 4 rows up to four, of 16 up to sixteen, of 64 beyond.
  @Test(arguments: [
    (1, 1), (3, 1), (7, 1), (8, 2), (15, 2), (16, 4), (63, 4), (64, 4), (127, 4), (128, 8),
    (255, 8), (256, 16), (1_024, 16), (2_047, 16), (2_048, 32), (8_192, 128),
  ])
  func `a batch has as many shards as are worth a worker's while`(rows: Int, count: Int) {
    #expect(Sharding(rows: rows).count == count)
  }
}
