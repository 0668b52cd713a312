/// Which process of a group computes which shards of a batch.
///
/// Each has neighbouring shards, as many as any other or one more. Where there are more processes than
/// shards, some have none.
package struct ShardAllotment {
  /// The number of shards, a power of two.
  package let shards: Int
  /// The number of processes.
  package let processes: Int

  package init(shards: Int, processes: Int) {
    self.shards = shards
    self.processes = processes
  }

  /// Whether every process has the same branch of the tree in which gradients are added, so that they can
  /// exchange what they have two by two.
  package var arePairwise: Bool { processes.nonzeroBitCount == 1 && processes <= shards }

  /// The shards of one process.
  package func shards(of process: Int) -> Range<Int> {
    process * shards / processes..<(process + 1) * shards / processes
  }

  /// The first row of a process's shards of a batch, and for the number of processes the end of all rows.
  func firstRow(in sharding: Sharding, of process: Int) -> Int {
    process == processes ? sharding.rows : sharding[shards(of: process).lowerBound].lowerBound
  }

  /// The process that has a shard.
  package func owner(of shard: Int) -> Int { ((shard + 1) * processes - 1) / shards }

  /// The largest nodes of the binary tree over all shards that one process can add up by itself, each as
  /// its shards.
  package func blocks(of process: Int) -> [Range<Int>] {
    let own = shards(of: process)
    var (blocks, first) = ([Range<Int>](), own.lowerBound)
    while first < own.upperBound {
      var size = first == 0 ? shards : first & -first
      while first + size > own.upperBound { size /= 2 }
      blocks.append(first..<first + size)
      first += size
    }
    return blocks
  }
}
