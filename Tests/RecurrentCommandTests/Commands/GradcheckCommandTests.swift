import Testing

@testable import RecurrentCommand

struct GradcheckCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private static let names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]

  @Test(arguments: [
    ("", "lstm"), ("--cell rnn --hidden 3 --steps 2", "rnn"),
    ("--features 1 --batch 1 --seed 9", "lstm"),
  ])
  func `a new model has a table of parameters and a verdict`(
    options: String,
    cell: String
  ) async throws {
    let run = try await workbench.succeed("gradcheck \(options)")
    let rows = run.lines.dropLast()
    #expect(
      rows.map { String($0.prefix { $0 != " " }) } == ["parameter"]
        + Self.names.map { "\(cell).\($0)" } + ["head.weight", "head.bias"]
    )
    #expect(rows.dropFirst().allSatisfy { $0.hasSuffix("  right") })
    #expect(run.lines.count == 7)
    #expect(
      try #require(run.lines.last).hasPrefix(
        "All 5 parameters have the right gradient: differences agree to "
      )
    )
    #expect(try workbench.content == [])
  }

  @Test func `a run's model is checked on its examples`() async throws {
    try await workbench.trainSmall()
    let run = try await workbench.succeed("gradcheck small --samples 5 --batch 2 --steps 4")
    #expect(run.lines.contains { $0.contains("5 of 1") })
    #expect(try #require(run.lines.last).hasPrefix("All 5 parameters have the right gradient"))
  }

  @Test(arguments: [
    ("--cell cru", 2, "'cru'"),
    ("--hidden 0", 2, "--hidden is 0; use a whole number from 1 to 1024"),
    ("--steps -1", 2, "--steps is -1"), ("--batch 0", 2, "--batch is 0"),
    ("--samples 0", 2, "--samples is 0"), ("--features 0", 2, "--features is 0"),
    ("small --cell rnn", 2, "a run has a model; leave out --cell, --hidden, --features"),
    ("nowhere", 1, "runs/nowhere: there is no run here"),
  ])
  func `wrong use is refused in one line`(
    words: String,
    exitCode: Int32,
    saying: String
  ) async throws {
    try await workbench.fail("gradcheck \(words)", exitCode: exitCode, saying: saying)
  }
}
