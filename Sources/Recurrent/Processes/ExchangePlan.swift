/// What one process does so that every process has the sum of all shards' gradients, added in the one
/// binary tree.
///
/// A process starts with the sums of its own blocks of shards, and ends with the whole sum in the place
/// of its first one. Every plan adds the same pairs in the same order, so that all have the same bits:
///
/// - A power of two of processes, each with as many shards, meet in pairs, then pairs of pairs, and so on.
///   Short gradients are exchanged whole (recursive doubling). Of long ones each process adds up a part
///   that is halved with every round, and the parts are then gathered (recursive halving and doubling):
///   twice the rounds, with far fewer bytes among many processes.
/// - Any other number of processes sends along the tree to the process of the first shard, and gets the sum
///   from there.
///
/// Source: R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of Collective Communication Operations in
/// MPICH", 2005, section 4.5, <https://doi.org/10.1177/1094342005051521>.
struct ExchangePlan {
  /// A part of a gradient: one of so many equal ones.
  struct Part: Equatable {
    var index = 0
    var count = 1

    /// The elements of a gradient of `size` that it is.
    func range(of size: Int) -> Range<Int> {
      index * size / count..<(index + 1) * size / count
    }

    /// One half of it.
    func half(_ number: Int) -> Part { Part(index: 2 * index + number, count: 2 * count) }
    /// What it is a half of.
    var whole: Part { Part(index: index / 2, count: count / 2) }
    /// The other half of what it is a half of.
    var sibling: Part { Part(index: index ^ 1, count: count) }
  }

  /// What is done at once; what is sent and received goes to and comes from one process.
  enum Step: Equatable {
    /// Adds the sum of one block to that of another.
    case add(block: Int, from: Int)
    /// Sends a part of a block's sum, and receives one that is added to it or takes its place.
    case exchange(
      with: Int,
      block: Int,
      sent: Part?,
      received: Part?,
      isAdded: Bool
    )
  }

  /// The blocks of shards, of which the first ends as the whole sum.
  ///
  /// Where the process has no shard it is one block of none.
  let blocks: [Range<Int>]
  let steps: [Step]

  /// Plans for a gradient of so many elements.
  init(_ allotment: ShardAllotment, at rank: Int, elements: Int) {
    let own = allotment.blocks(of: rank)
    blocks = own.isEmpty ? [allotment.shards(of: rank)] : own
    let processes = allotment.processes
    if allotment.arePairwise {
      steps =
        Self.exchangesWhole(elements: elements, processes: processes)
        ? Self.doubling(at: rank, of: processes) : Self.halving(at: rank, of: processes)
    } else {
      steps = Self.tree(allotment, at: rank, blocks)
    }
  }

  /// Whether whole gradients are exchanged: between two processes always, among more where a round
  /// costs more than the bytes that it saves.
  static func exchangesWhole(elements: Int, processes: Int) -> Bool {
    processes <= 2 || elements <= 4096
  }

  private static func doubling(at rank: Int, of processes: Int) -> [Step] {
    distances(processes).map { distance in
      .exchange(with: rank ^ distance, block: 0, sent: Part(), received: Part(), isAdded: true)
    }
  }

  private static func halving(at rank: Int, of processes: Int) -> [Step] {
    var (steps, part) = ([Step](), Part())
    for distance in distances(processes) {
      part = part.half(rank & distance == 0 ? 0 : 1)
      steps.append(
        .exchange(
          with: rank ^ distance,
          block: 0,
          sent: part.sibling,
          received: part,
          isAdded: true
        )
      )
    }
    for distance in distances(processes).reversed() {
      steps.append(
        .exchange(
          with: rank ^ distance,
          block: 0,
          sent: part,
          received: part.sibling,
          isAdded: false
        )
      )
      part = part.whole
    }
    return steps
  }

  private static func distances(_ processes: Int) -> [Int] {
    Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < processes })
  }

  private static func tree(
    _ allotment: ShardAllotment,
    at rank: Int,
    _ blocks: [Range<Int>]
  ) -> [Step] {
    var steps: [Step] = []
    func block(from shard: Int) -> Int { blocks.firstIndex { $0.lowerBound == shard } ?? 0 }
    /// Adds what lies below one node of the tree at the process of its first shard.
    func add(_ node: Range<Int>) {
      let owner = allotment.owner(of: node.lowerBound)
      guard node.count > 1, !allotment.shards(of: owner).contains(node) else { return }
      let middle = node.lowerBound + node.count / 2
      add(node.lowerBound..<middle)
      add(middle..<node.upperBound)
      let other = allotment.owner(of: middle)
      if owner == other {
        if owner == rank {
          steps.append(.add(block: block(from: node.lowerBound), from: block(from: middle)))
        }
      } else if owner == rank {
        steps.append(
          .exchange(
            with: other,
            block: block(from: node.lowerBound),
            sent: nil,
            received: Part(),
            isAdded: true
          )
        )
      } else if other == rank {
        steps.append(
          .exchange(
            with: owner,
            block: block(from: middle),
            sent: Part(),
            received: nil,
            isAdded: false
          )
        )
      }
    }
    add(0..<allotment.shards)
    let origin = allotment.owner(of: 0)
    for hop in Broadcast(from: origin, at: rank, of: allotment.processes).hops {
      switch hop {
      case .receive(let process):
        steps.append(
          .exchange(with: process, block: 0, sent: nil, received: Part(), isAdded: false)
        )
      case .send(let process):
        steps.append(
          .exchange(with: process, block: 0, sent: Part(), received: nil, isAdded: false)
        )
      }
    }
    return steps
  }
}

extension Range<Int> {
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }
}
