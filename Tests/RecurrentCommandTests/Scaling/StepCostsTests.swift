import Testing

@testable import RecurrentCommand

struct StepCostsTests {
  @Test func `a shard's time lies between those measured, and grows with its rows beyond them`() {
    let costs = StepCosts(
      shards: [
        .init(rows: 4, seconds: 2, spread: TimeSpread(of: [1, 2])), .init(rows: 8, seconds: 3),
        .init(rows: 64, seconds: 17, spread: TimeSpread(of: [1, 3])),
      ],
      packing: 0,
      addition: 0,
      copying: 0,
      update: 0,
      floats: 10
    )
    let rows = [1, 4, 6, 8, 36, 64, 96]
    #expect(rows.map { costs.shard(rows: $0).seconds } == [2, 2, 2.5, 3, 10, 17, 25.5])
    #expect(
      rows.map { costs.shard(rows: $0).spread.largest } == [2, 2, 1, 1, 3, 3, 3]
    )
    #expect(costs.bytes == 40)
    #expect(costs.hasJitter && !costs.withoutJitter.hasJitter)
    #expect(costs.withoutJitter.shard(rows: 36) == .init(rows: 36, seconds: 10))
  }

  @Test func `a spread gives back the distribution it was made of`() {
    let even = TimeSpread(of: (0...1000).map { Double($0) / 1000 }.shuffled())
    for share in stride(from: 0.0, through: 1, by: 1.0 / 512) {
      #expect(abs(even.factor(at: share) - share) < 1e-9, "\(share)")
    }
    // Of 2,000 times one is late: only the last of a thousand shares can be it.
    let late = TimeSpread(of: Array(repeating: 1, count: 1999) + [5])
    #expect(late.factor(at: 0) == 1 && late.factor(at: 0.998) == 1)
    #expect(late.factor(at: 1) == 5 && late.largest == 5)
    #expect(late.factor(at: 0.9995) > 1)
    #expect(TimeSpread.none.factor(at: 0.3) == 1 && TimeSpread.none.largest == 1)
    #expect(TimeSpread(of: [2, 1]).factor(at: 0.5) == 1.5)
  }
}
