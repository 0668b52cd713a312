import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Gradients of shards added by several processes against the same added by one.
struct GradientExchangeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var processes: Int
    var shards: Int
    var elements: Int
    var testDescription: String { "\(processes) processes, \(shards) shards of \(elements)" }
  }

  // Whole gradients and halved ones, powers of two and others, more processes than shards, pieces of
  // which the last is short.
  static let cases =
    [1, 2, 3, 4, 5, 6, 7, 8, 11].flatMap { processes in
      [1, 2, 4, 8, 16].flatMap { shards in
        [1, 5, 4096, 5001].map { Case(processes: processes, shards: shards, elements: $0) }
      }
    } + [2, 3, 4].map { Case(processes: $0, shards: 8, elements: 150_001) }

  /// Numbers whose sum depends on the order in which they are added.
  private static func gradient(of shard: Int, _ elements: Int) -> [Float] {
    var numbers = SeededNumbers(UInt64(shard) + 5)
    return numbers.floats(elements).map { $0 * Float(1 << (shard % 5 * 4)) }
  }

  private static func sum(_ nodes: [[Float]]) -> [Float] {
    nodes.count == 1
      ? nodes[0]
      : zip(sum(Array(nodes[..<(nodes.count / 2)])), sum(Array(nodes[(nodes.count / 2)...]))).map(+)
  }

  @Test("Every process has the one sum, to the bit", arguments: cases)
  func everyProcessHasTheSum(example: Case) throws {
    let expected = Self.sum((0..<example.shards).map { Self.gradient(of: $0, example.elements) })
    let results = try ThreadGroup.run(example.processes) { group in
      // Two parts, of which the later one goes first.
      let middle = example.elements / 3
      let exchange = GradientExchange(group, parts: [0..<middle, middle..<example.elements])
      let plan = exchange.plan(shards: example.shards)
      // Twice, since what is left from one step must not come into the next.
      return try (0..<2).map { _ in
        let buffers = plan.blocks.map { block in
          let buffer = Buffer()
          guard !block.isEmpty else { return buffer }
          let sum = Self.sum(block.map { Self.gradient(of: $0, example.elements) })
          unsafe buffer.reserve(example.elements).update(from: sum, count: sum.count)
          return buffer
        }
        exchange.begin(buffers, along: plan)
        exchange.start(part: 1)
        exchange.advance()
        try exchange.finish()
        let start = unsafe UnsafeBufferPointer(
          start: buffers[0].reserve(example.elements),
          count: example.elements
        )
        return unsafe Array(start).map(\.bitPattern)
      }
    }
    let bits = expected.map(\.bitPattern)
    #expect(results.count == example.processes)
    for result in results { #expect(result == [bits, bits]) }
  }

  @Test("Results of all shards are told in their order", arguments: [1, 2, 3, 4, 6, 8])
  func resultsAreTold(processes: Int) throws {
    for shards in [1, 4, 8] {
      let results = try ThreadGroup.run(processes) { group in
        let exchange = GradientExchange(group, parts: [0..<3])
        let own = exchange.ownShards(of: shards)
        let all = try exchange.gather(
          own.map { (Double($0) / 3, $0 * $0) },
          isPausing: group.rank == processes - 1,
          of: exchange.allotment(shards: shards)
        )
        return (all.shards.map(\.lossSum), all.shards.map(\.correct), all.isPausing)
      }
      for (losses, correct, isPausing) in results {
        #expect(losses == (0..<shards).map { Double($0) / 3 })
        #expect(correct == (0..<shards).map { $0 * $0 })
        #expect(isPausing)
      }
    }
  }

  @Test("A plan sends no more than its way needs")
  func plansSendLittle() {
    func sent(_ processes: Int, _ elements: Int) -> Int {
      let allotment = ShardAllotment(shards: 64, processes: processes)
      return ExchangePlan(allotment, at: 1, elements: elements).steps.reduce(0) { sum, step in
        guard case .exchange(_, _, let part?, _, _) = step else { return sum }
        return sum + part.range(of: elements).count
      }
    }
    // Of long gradients less than twice the length, among however many.
    #expect(sent(2, 80_000) == 80_000)
    #expect(sent(8, 80_000) == 2 * 70_000)
    #expect(sent(64, 64_000) == 2 * 63_000)
    // Short ones whole, once a round.
    #expect(sent(8, 400) == 3 * 400)
  }
}
