import Recurrent

/// A message from one process to another, and what it takes.
struct Message: Equatable {
  let from: Int
  let to: Int
  let seconds: Double
}

/// Messages that go at the same time, and what is added before and after them.
struct ExchangeRound: Equatable {
  /// How often each process adds two gradients of its own before; empty for never.
  var ownAdditions: [Int] = []
  var messages: [Message] = []
  /// The part of a gradient that each receiver adds afterwards.
  var addedShare = 0.0
}

/// How the processes' gradients become one sum that all of them have.
enum ExchangeMethod: String, Codable {
  /// There is one process.
  case none
  /// Two by two, then pairs of pairs and so on, the whole gradient each time.
  case doubling
  /// Two by two, half of what there is left each time, and the sums back by the same way.
  case halving
  /// Along the tree of the shards to one process, and from there to all.
  case tree
}

/// The rounds of messages in which processes bring their gradients together.
struct SimulatedExchange {
  let shares: ShardAllotment
  let network: Network
  /// The bytes of a gradient.
  let bytes: Double

  /// The bytes of loss and counts that are told of each shard.
  static let bytesOfShard = 16.0

  private var processes: Int { shares.processes }

  /// Everything between a step's shards and its update.
  func rounds(_ method: ExchangeMethod) -> [ExchangeRound] {
    switch method {
    case .none: [own]
    case .doubling: counts + [own] + doubling
    case .halving: counts + [own] + halving
    case .tree: counts + tree + broadcast
    }
  }

  /// The additions of each process's own gradients.
  private var own: ExchangeRound {
    ExchangeRound(ownAdditions: (0..<processes).map { max(0, shares.shards(of: $0).count - 1) })
  }

  /// Losses and counts: in every round each process knows twice as many processes' as before.
  var counts: [ExchangeRound] {
    let each = Self.bytesOfShard * Double(shares.shards) / Double(processes)
    return distances(below: processes).map { distance in
      let pairs = (0..<processes).map { (from: ($0 + distance) % processes, to: $0) }
      let known = min(distance, processes - distance)
      return ExchangeRound(messages: messages(pairs, bytes: each * Double(known)))
    }
  }

  /// The whole gradient in every round, to processes ever further away.
  var doubling: [ExchangeRound] {
    distances(below: processes).map { distance in
      ExchangeRound(messages: messages(pairs(distance), bytes: bytes), addedShare: 1)
    }
  }

  /// Half of what a process still adds in every round, then the sums by the same way back.
  var halving: [ExchangeRound] {
    let distances = distances(below: processes)
    let sums = distances.map { distance in
      let share = 1 / Double(2 * distance)
      return ExchangeRound(
        messages: messages(pairs(distance), bytes: bytes * share),
        addedShare: share
      )
    }
    return sums + sums.reversed().map { ExchangeRound(messages: $0.messages) }
  }

  /// Level by level, the process that has a branch's right half sends its sum to the one of the left.
  private var tree: [ExchangeRound] {
    distances(below: shares.shards).map { width in
      var own = [Int](repeating: 0, count: processes)
      var pairs: [(from: Int, to: Int)] = []
      for shard in stride(from: 0, to: shares.shards, by: 2 * width) {
        let (left, right) = (shares.owner(of: shard), shares.owner(of: shard + width))
        if left == right { own[left] += 1 } else { pairs.append((right, left)) }
      }
      return ExchangeRound(
        ownAdditions: own,
        messages: messages(pairs, bytes: bytes),
        addedShare: 1
      )
    }
  }

  /// From the process that has the first shard to all: in every round whoever knows tells another.
  private var broadcast: [ExchangeRound] {
    let root = shares.owner(of: 0)
    return distances(below: processes).reversed().map { distance in
      let senders = stride(from: 0, to: processes - distance, by: 2 * distance)
      let pairs = senders.map { sender in
        (from: (root + sender) % processes, to: (root + sender + distance) % processes)
      }
      return ExchangeRound(messages: messages(pairs, bytes: bytes))
    }
  }

  /// 1, 2, 4 and so on.
  private func distances(below limit: Int) -> [Int] {
    Array(sequence(first: 1) { 2 * $0 }.prefix { $0 < limit })
  }

  /// Every process with the one whose number differs in one bit, both ways.
  private func pairs(_ distance: Int) -> [(from: Int, to: Int)] {
    (0..<processes).map { ($0 ^ distance, $0) }
  }

  /// Messages of one round, with what they take where they share a node's card.
  private func messages(_ pairs: [(from: Int, to: Int)], bytes: Double) -> [Message] {
    let nodes = network.node(of: processes - 1) + 1
    var leaving = [Int](repeating: 0, count: nodes)
    var arriving = leaving
    for (from, to) in pairs where network.node(of: from) != network.node(of: to) {
      leaving[network.node(of: from)] += 1
      arriving[network.node(of: to)] += 1
    }
    return pairs.map { from, to in
      let (start, end) = (network.node(of: from), network.node(of: to))
      let seconds =
        start == end
        ? network.within.seconds(bytes)
        : network.between.seconds(bytes, sharedBy: max(leaving[start], arriving[end]))
      return Message(from: from, to: to, seconds: seconds)
    }
  }
}
