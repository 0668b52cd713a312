import Recurrent
import Testing

struct WarmupLinearDecayTests {
  // Ten steps, the first two rise: the middles lie at 0.05, 0.15, 0.25, ... of the whole, so the
  // factors are 0.05 / 0.2, 0.15 / 0.2, then 0.75 / 0.8, ..., 0.05 / 0.8.
  @Test func `the rate rises, then falls, in straight lines`() {
    let schedule = WarmupLinearDecay(warmup: 0.2)
    let got = (0..<10).map { schedule.factor(step: $0, of: 10) }
    let want: [Float] = [
      0.25, 0.75, 0.9375, 0.8125, 0.6875, 0.5625, 0.4375, 0.3125, 0.1875, 0.0625,
    ]
    // A few roundings of numbers below 1.
    for (got, want) in zip(got, want) { #expect(abs(got - want) < 1e-6) }
  }

  @Test(arguments: [0, 0.1, 0.5, 1] as [Float], [1, 2, 7, 1_000])
  func `the factor is above 0 and at most 1`(warmup: Float, steps: Int) {
    let schedule = WarmupLinearDecay(warmup: warmup)
    for step in 0..<steps {
      let factor = schedule.factor(step: step, of: steps)
      #expect(factor > 0 && factor <= 1, "step \(step)")
    }
  }

  @Test func `steps past the last have a small rate still`() {
    let factor = WarmupLinearDecay().factor(step: 20, of: 10)
    #expect(factor > 0 && factor < 0.1)
  }

  @Test func `the constant rate is one`() {
    #expect([0, 5, 100].allSatisfy { ConstantRate().factor(step: $0, of: 10) == 1 })
  }

  @Test func `a warm-up that is no share traps`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = WarmupLinearDecay(warmup: 1.5)
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("the warm-up is a share from 0 to 1, got 1.5")
    )
  }
}
