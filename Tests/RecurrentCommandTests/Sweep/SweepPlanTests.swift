import ArgumentParser
import Foundation
import Testing

@testable import RecurrentCommand

/// What a sweep tries.
struct SweepPlanTests {
  private func plan(
    over: [String] = [],
    draw: [String] = [],
    draws: Int? = nil,
    seed: UInt64 = 1,
    seeds: Int = 1,
    options: [String] = []
  ) throws -> SweepPlan {
    SweepPlan(
      options: options,
      over: try over.map { try SweepAxis($0, isDrawn: false) },
      draw: try draw.map { try SweepAxis($0, isDrawn: true) },
      draws: draws,
      seed: seed,
      seeds: seeds
    )
  }

  private static let ranges = [
    "learning-rate=0.0001..0.1:log", "hidden=16..256:log", "cell=lstm,gru",
  ]

  @Test func `a grid has all combinations, the last option changing first`() throws {
    let trials = try plan(over: ["hidden=8,16", "cell=lstm,gru,rnn"]).trials()
    #expect(trials.map(\.number) == [1, 2, 3, 4, 5, 6])
    #expect(trials[1].words == "hidden 8, cell gru")
    #expect(trials[5].words == "hidden 16, cell rnn")
    #expect(trials[5].arguments == ["--hidden=16", "--cell=rnn"])
  }

  @Test func `a draw depends on the seed and its number alone`() throws {
    let many = try plan(draw: Self.ranges, draws: 40).trials()
    #expect(try plan(draw: Self.ranges, draws: 40).trials() == many)
    #expect(try plan(draw: Self.ranges, draws: 7).trials() == Array(many.prefix(7)))
    #expect(try plan(draw: Self.ranges, draws: 40, seed: 2).trials() != many)
    #expect(Set(many.map(\.words)).count == 40)
  }

  @Test func `no settings are drawn twice, and a small set is drawn to its end`() throws {
    let trials = try plan(draw: ["hidden=1..5", "cell=lstm,gru"], draws: 10).trials()
    #expect(Set(trials.map(\.words)).count == 10)
  }

  @Test func `each draw is tried with every combination`() throws {
    let trials = try plan(over: ["cell=lstm,gru"], draw: ["dropout=0..0.5"], draws: 3).trials()
    #expect(trials.count == 6)
    #expect(trials.map { $0.settings[0].value } == ["lstm", "gru", "lstm", "gru", "lstm", "gru"])
    for pair in [0, 2, 4] {
      #expect(trials[pair].settings[1] == trials[pair + 1].settings[1])
    }
  }

  @Test func `a plan is the same after it was written and read`() throws {
    let plan = try plan(
      over: ["hidden=64/64,64", "augment=default/elastic"],
      draw: Self.ranges.filter { !$0.hasPrefix("hidden") },
      draws: 4,
      seed: 7,
      seeds: 2,
      options: ["digits", "--epochs", "3"]
    )
    let data = try JSONEncoder().encode(plan)
    #expect(try JSONDecoder().decode(SweepPlan.self, from: data) == plan)
    #expect(plan.differences(from: plan) == [])
  }

  @Test func `a plan that is none is not read`() throws {
    let text = """
      {"options": [], "over": ["hidden=8,8"], "draw": [], "seed": 1, "seeds": 1}
      """
    for text in [text, text.replacing("8,8", with: "8"), text.replacing("8,8", with: "1..3")] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(SweepPlan.self, from: Data(text.utf8))
      }
    }
    #expect(throws: Never.self) {
      try JSONDecoder().decode(
        SweepPlan.self,
        from: Data(text.replacing("8,8", with: "8,9").utf8)
      )
    }
  }

  @Test func `plans differ in what was asked for`() throws {
    let first = try plan(over: ["hidden=8,16"], options: ["digits", "--epochs", "3"])
    let second = try plan(over: ["hidden=8,32"], seeds: 2, options: ["digits"])
    #expect(
      first.differences(from: second) == [
        "the rest of the command is digits --epochs 3, not digits",
        "--over is hidden=8,16, not hidden=8,32", "--seeds is 1, not 2",
      ]
    )
  }

  @Test func `what is no sweep is refused`() throws {
    let many = ["hidden=" + (1...101).map { "\($0)" }.joined(separator: ",")]
    let wrong: [(plan: SweepPlan, part: String)] = [
      (try plan(), "there is nothing to sweep"),
      (try plan(over: ["hidden=8"]), "this is one trial"),
      (try plan(over: ["hidden=8,9", "hidden=7"]), "hidden is swept twice"),
      (
        try plan(over: ["hidden=8,9"], draw: ["hidden=1..3"], draws: 2), "hidden is swept twice"
      ),
      (try plan(over: ["hidden=8,9"], options: ["--hidden", "3"]), "--hidden is given, and swept"),
      (try plan(over: ["hidden=8,9"], options: ["--hidden=3"]), "--hidden is given, and swept"),
      (
        try plan(over: ["residual=true,false"], options: ["--no-residual"]),
        "--residual is given, and swept"
      ),
      (try plan(over: ["hidden=8,9"], draws: 3), "--trials goes with --draw"),
      (try plan(draw: ["hidden=8,9"]), "--draw needs a number of draws"),
      (try plan(draw: ["hidden=8,9"], draws: 0), "--trials is 0; use a whole number from 1"),
      (try plan(draw: ["hidden=8,9"], draws: 3), "--draw has 2 different settings"),
      (
        try plan(over: many + ["batch=" + many[0].dropFirst(7)]),
        "these are 10201 trials; use at most 10000"
      ),
      (try plan(over: ["hidden=8,9"], seeds: 0), "--seeds is 0"),
      (try plan(over: ["hidden=8,9"], seed: .max, seeds: 2), "the last seed; use a smaller one"),
    ]
    for (plan, part) in wrong {
      let error = #expect(throws: ValidationError.self) { try plan.check() }
      #expect(try #require(error?.message).contains(part))
    }
    #expect(throws: Never.self) { try plan(over: ["hidden=8,9"], seed: .max).check() }
  }
}
