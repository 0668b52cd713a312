import Recurrent
import Testing

@testable import RecurrentCommand

struct SimulatedExchangeTests {
  /// Messages of so many bytes take as many seconds.
  private func plan(
    shards: Int,
    processes: Int,
    bytes: Double = 64,
    latency: Double = 0,
    perNode: Int = 1
  ) -> SimulatedExchange {
    SimulatedExchange(
      shares: ShardAllotment(shards: shards, processes: processes),
      network: Network(
        between: Link(latency: latency, bandwidth: 1),
        within: Link(latency: 0, bandwidth: 1000),
        processesPerNode: perNode
      ),
      bytes: bytes
    )
  }

  @Test(arguments: [1, 2, 4, 8, 32])
  func `every shard belongs to one process, in order, and shares differ by one at most`(
    shards: Int
  ) {
    for processes in 1...40 {
      let shares = ShardAllotment(shards: shards, processes: processes)
      #expect((0..<processes).flatMap { shares.shards(of: $0) } == Array(0..<shards))
      let counts = (0..<processes).map { shares.shards(of: $0).count }
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
      #expect((0..<shards).allSatisfy { shares.shards(of: shares.owner(of: $0)).contains($0) })
      let isPower = [1, 2, 4, 8, 16, 32].contains(processes)
      #expect(shares.arePairwise == (isPower && processes <= shards))
    }
  }

  @Test(arguments: [2, 4, 16, 32])
  func `after doubling each process has each shard once`(processes: Int) {
    let plan = plan(shards: 32, processes: processes)
    var sums = (0..<processes).map { process in
      (0..<32).map { plan.shares.shards(of: process).contains($0) ? 1 : 0 }
    }
    for round in plan.doubling {
      let before = sums
      for message in round.messages {
        for shard in 0..<32 { sums[message.to][shard] += before[message.from][shard] }
      }
    }
    #expect(sums.allSatisfy { $0 == Array(repeating: 1, count: 32) })
  }

  // A process sends some of what it has; with the number of additions, which the next test holds, it is
  // what the tree needs.
  @Test(arguments: [1, 2, 4, 8, 32])
  func `along the tree the first shard's process hears of all, and all of it`(shards: Int) {
    for processes in 2...20 {
      let plan = plan(shards: shards, processes: processes)
      var heard = (0..<processes).map { Set(plan.shares.shards(of: $0)) }
      for round in plan.rounds(.tree).dropFirst(plan.counts.count) {
        let before = heard
        for message in round.messages { heard[message.to].formUnion(before[message.from]) }
      }
      #expect(heard.allSatisfy { $0.count == shards }, "\(processes) processes")
    }
  }

  @Test(arguments: [1, 2, 4, 8, 32])
  func `as many additions are made as a tree has branches`(shards: Int) {
    for processes in 1...20 {
      let plan = plan(shards: shards, processes: processes)
      let additions = plan.rounds(processes == 1 ? .none : .tree).reduce(0) { sum, round in
        sum + round.ownAdditions.reduce(0, +) + (round.addedShare > 0 ? round.messages.count : 0)
      }
      #expect(additions == shards - 1, "\(processes) processes")
    }
  }

  @Test func `every process hears of every shard's loss`() {
    for processes in 2...20 {
      let plan = plan(shards: 32, processes: processes)
      var known = (0..<processes).map { Set([$0]) }
      for round in plan.counts {
        let before = known
        for message in round.messages { known[message.to].formUnion(before[message.from]) }
      }
      #expect(known.allSatisfy { $0.count == processes })
    }
  }

  @Test(arguments: [2, 4, 16, 64])
  func `doubling sends everything each time, halving twice all but a process's part`(
    processes: Int
  ) {
    let plan = plan(shards: 64, processes: processes)
    let rounds = Double(processes.trailingZeroBitCount)
    func sent(_ rounds: [ExchangeRound]) -> Double {
      rounds.flatMap(\.messages).filter { $0.from == 1 }.reduce(0) { $0 + $1.seconds }
    }
    #expect(sent(plan.doubling) == 64 * rounds)
    let part = Double(processes - 1) / Double(processes)
    #expect(sent(plan.halving) == 2 * 64 * part)
    #expect(plan.halving.map(\.addedShare).reduce(0, +) == part)
    #expect(plan.halving.count == 2 * processes.trailingZeroBitCount)
  }

  @Test func `three processes add along the tree of four shards, and the first tells the others`() {
    let plan = plan(shards: 4, processes: 3, bytes: 8)
    let rounds = plan.rounds(.tree).dropFirst(plan.counts.count)
    func ways(_ round: ExchangeRound) -> [[Int]] { round.messages.map { [$0.from, $0.to] } }
    // The shares are shard 0, shard 1, and shards 2 and 3.
    #expect(rounds.map(ways) == [[[1, 0]], [[2, 0]], [[0, 2]], [[0, 1]]])
    #expect(rounds.map(\.ownAdditions) == [[0, 0, 1], [0, 0, 0], [], []])
    #expect(rounds.flatMap(\.messages).allSatisfy { $0.seconds == 8 })
  }

  @Test func `processes of a node share its card, and do without it among themselves`() {
    let rounds = plan(shards: 8, processes: 8, bytes: 1000, latency: 3, perNode: 2).doubling
    let seconds = rounds.map { Set($0.messages.map(\.seconds)) }
    #expect(seconds == [[1], [2003], [2003]])
  }

  @Test(arguments: [2, 4, 64, 1024])
  func `the way that takes less time is chosen, and changes where the formula says`(
    processes: Int
  ) throws {
    let (latency, byte, addition) = (20e-6, 8e-10, 2e-10)
    let link = Link(latency: latency, bandwidth: 1 / byte)
    let costs = StepCosts(
      shards: [.init(rows: 16, seconds: 1)],
      packing: 0,
      addition: addition * 1000,
      copying: 0,
      update: 0,
      floats: 1000
    )
    let choice = ExchangeChoice(network: Network(between: link, within: link), costs: costs)
    let (rounds, part) = (
      Double(processes.trailingZeroBitCount), Double(processes - 1) / Double(processes)
    )
    let saved = rounds * (4 * byte + addition) - part * (8 * byte + addition)
    let threshold = try #require(choice.threshold(processes: processes))
    #expect(abs(threshold - rounds * latency / saved) < 1e-6 * threshold)
    let shares = ShardAllotment(shards: 1024, processes: processes)
    #expect(choice.method(shares, floats: Int(threshold * 0.99)) == .doubling)
    #expect(choice.method(shares, floats: Int(threshold * 1.01)) == .halving)
  }

  @Test func `processes that cannot exchange two by two use the tree, and one nothing`() {
    let link = Link(latency: 1, bandwidth: 1)
    let costs = StepCosts(
      shards: [.init(rows: 16, seconds: 1)],
      packing: 0,
      addition: 1,
      copying: 0,
      update: 0,
      floats: 10
    )
    let choice = ExchangeChoice(network: Network(between: link, within: link), costs: costs)
    func method(_ processes: Int) -> ExchangeMethod {
      choice.method(ShardAllotment(shards: 8, processes: processes), floats: 10)
    }
    #expect([1, 3, 6, 16].map(method) == [.none, .tree, .tree, .tree])
    #expect([1, 3, 6].allSatisfy { choice.threshold(processes: $0) == nil })
  }
}
