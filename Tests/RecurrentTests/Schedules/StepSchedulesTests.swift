import Recurrent
import Testing

/// The schedules that decay step by step, and those that contain others; values by hand.
struct StepSchedulesTests {
  private func factors(_ schedule: some Schedule, _ steps: Int) -> [Float] {
    (0..<steps).map { schedule.factor(step: $0, of: steps) }
  }

  @Test func `a step decay halves every so many steps, or at milestones`() {
    #expect(factors(StepDecay(every: 2, factor: 0.5), 5) == [1, 1, 0.5, 0.5, 0.25])
    #expect(factors(StepDecay(milestones: [3, 1], factor: 0.5), 5) == [1, 0.5, 0.5, 0.25, 0.25])
  }

  @Test func `an exponential decay multiplies at every step`() {
    #expect(factors(ExponentialDecay(factor: 0.5), 4) == [1, 0.5, 0.25, 0.125])
  }

  @Test func `a ramp stays where it ends`() {
    #expect(factors(LinearRamp(from: 0.5, to: 1, over: 2), 4) == [0.5, 0.75, 1, 1])
    #expect(factors(LinearRamp(from: 1, to: 0), 4) == [1, 0.75, 0.5, 0.25])
  }

  @Test func `a warm-up hands over to a schedule that begins at 0`() {
    let decay = LinearRamp(from: 1, to: 0)
    #expect(factors(Warmup(steps: 2, from: 0, then: decay), 4) == [0, 0.5, 1, 0.5])
    #expect(factors(Warmup(share: 0.5, from: 0.5, then: decay), 4) == [0.5, 0.75, 1, 0.5])
    #expect(factors(Warmup(steps: 0, from: 0, then: decay), 2) == [1, 0.5])
  }

  @Test func `a schedule per epoch changes between epochs only`() {
    let schedule = PerEpoch(ExponentialDecay(factor: 0.5), epochs: 3)
    #expect(factors(schedule, 6) == [1, 1, 0.5, 0.5, 0.25, 0.25])
  }

  @Test func `a cosine falls by half its height at half of its period`() {
    #expect(factors(CosineAnnealing(minimum: 0.5), 2) == [1, 0.75])
    #expect(factors(CosineAnnealing(period: 2), 5) == [1, 0.5, 0, 0.5, 1])
    #expect(
      factors(CosineRestarts(firstPeriod: 2, growth: 2), 8).map { ($0 * 8).rounded() / 8 }
        == [1, 0.5, 1, 0.875, 0.5, 0.125, 1, 1]
    )
  }

  @Test func `one cycle rises and falls, and the momentum the other way`() {
    let cycle = OneCycle(rise: 0.5, start: 0.5, end: 0, shape: .linear, momenta: 0.5...1)
    // The top is at step 0.5 · 6 - 1 = 2, the end at 5.
    let want: [Float] = [0.5, 0.75, 1, 2 / 3, 1 / 3, 0]
    for (step, want) in want.enumerated() {
      #expect(abs(cycle.factor(step: step, of: 6) - want) < 1e-6)
    }
    #expect(cycle.momentum(step: 0, of: 6) == 1)
    #expect(cycle.momentum(step: 2, of: 6) == 0.5)
    #expect(cycle.momentum(step: 5, of: 6) == 1)
    #expect(OneCycle(momenta: nil).momentum(step: 0, of: 6) == nil)
  }

  @Test(arguments: 1...5, [false, true])
  func `one cycle of few steps stays in its bounds`(steps: Int, hasThreePhases: Bool) {
    for step in 0..<steps + 2 {
      let factor = OneCycle(rise: 0.4, hasThreePhases: hasThreePhases)
        .factor(step: step, of: steps)
      #expect(factor >= 0 && factor <= 1, "step \(step)")
    }
  }

  @Test func `a plateau is left when patience ends`() {
    var schedule = ReduceOnPlateau(factor: 0.5, patience: 1, cooldown: 1, minimum: 0.2)
    var got: [Float] = []
    for cost in [3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1] as [Double] {
      schedule.observe(cost)
      got.append(schedule.factor(step: 0, of: 1))
    }
    // The second bad value after 2 halves the rate; the next is not counted, then two are again.
    #expect(got == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2])
    #expect(schedule.best == 1)
  }

  @Test func `better by less than the threshold is not better`() {
    for (threshold, goal, values, want) in [
      (.relative(0.1), .lowest, [10, 9.5, 8.9], [1, 0.5, 0.5]),
      (.absolute(1), .lowest, [10, 9.5, 8.9], [1, 0.5, 0.5]),
      (.relative(0.1), .highest, [10, 10.5, 11.5], [1, 0.5, 0.5]),
      (.absolute(1), .highest, [10, 10.5, 11.5], [1, 0.5, 0.5]),
      (.absolute(1), .highest, [.nan, 1, .nan], [0.5, 0.5, 0.25]),
    ] as [(ReduceOnPlateau.Threshold, Goal, [Double], [Float])] {
      var schedule = ReduceOnPlateau(goal: goal, factor: 0.5, patience: 0, threshold: threshold)
      let got = values.map { value in
        schedule.observe(value)
        return schedule.factor(step: 0, of: 1)
      }
      #expect(got == want, "\(threshold), \(goal)")
    }
  }

  @Test func `containers hand values on`() {
    var schedule = Warmup(
      steps: 1,
      from: 0,
      then: PerEpoch(ReduceOnPlateau(factor: 0.5, patience: 0), epochs: 2)
    )
    schedule.observe(1)
    schedule.observe(1)
    #expect(schedule.factor(step: 1, of: 3) == 0.5)
  }
}
