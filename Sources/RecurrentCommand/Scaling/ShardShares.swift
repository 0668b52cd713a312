/// Which process has which of a batch's shards: whole shards, one process after another.
struct ShardShares: Equatable {
  /// The shards of the batch, a power of two.
  let shards: Int
  let processes: Int

  /// The shards of a process; none for some where there are more processes than shards.
  subscript(process: Int) -> Range<Int> {
    process * shards / processes..<(process + 1) * shards / processes
  }

  /// The process that has a shard.
  func owner(of shard: Int) -> Int { ((shard + 1) * processes - 1) / shards }

  /// Whether every process has the same branch of the tree in which gradients are added, so that two
  /// by two can exchange what they have.
  var arePairwise: Bool { processes.nonzeroBitCount == 1 && processes <= shards }
}
