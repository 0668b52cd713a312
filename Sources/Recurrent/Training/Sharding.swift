/// How a batch is cut into shards that workers take one by one.
///
/// The cut depends on the batch alone, so the sums over shards have one order whoever computes
/// them: the result has the same bits for any number of threads.
package struct Sharding {
  /// The number of rows in the batch.
  package let rows: Int
  /// The number of shards, a power of two.
  package let count: Int

  /// Cuts a batch so that a shard is large enough to be worth a worker's while.
  ///
  /// Shards have 16 rows or more, 64 once there are 16 shards; a small batch is still cut in up to
  /// four of 4 rows or more.
  package init(rows: Int) {
    self.rows = rows
    count = max(
      Self.powerOfTwo(notAbove: rows / 64),
      min(16, Self.powerOfTwo(notAbove: rows / 16)),
      min(4, Self.powerOfTwo(notAbove: rows / 4))
    )
  }

  /// The rows of one shard.
  package subscript(shard: Int) -> Range<Int> {
    rows * shard / count..<rows * (shard + 1) / count
  }

  private static func powerOfTwo(notAbove limit: Int) -> Int {
    limit < 2 ? 1 : 1 << (Int.bitWidth - 1 - limit.leadingZeroBitCount)
  }
}
