import Recurrent
import Testing

@testable import RecurrentCommand

struct DivergenceTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  private let words =
    "train mnist --data images --optimizer gradient-descent --schedule constant --run a"

  /// Expects one line, and a run folder with a model that can still be used.
  private func expectDivergence(_ options: String, saying parts: [String]) async throws {
    let run = try await workbench.run("\(words) \(options)")
    #expect(run.exitCode == 1, "\(run)")
    expectOneErrorLine(of: run, saying: parts)
    #expect(!run.output.contains(/nan|NaN|inf|INF/))
    #expect(
      try workbench.names(in: "runs/a") == [
        "checkpoint", "metrics.csv", "model.safetensors", "run.json",
      ]
    )
    let model = try workbench.model(of: "a")
    #expect(model.parameters.allSatisfy { $0.value.elements.allSatisfy(\.isFinite) })
    try await workbench.succeed("evaluate a")
  }

  @Test(arguments: ["lstm", "rnn"])
  func `a loss that is no number ends the run with its epoch, step and a way out`(
    cell: String
  ) async throws {
    try await expectDivergence(
      "--cell \(cell) --hidden 4 --epochs 3 --batch 10 --learning-rate 3e38 --clip 0",
      saying: ["the loss became ", " at epoch 1, step ", "--learning-rate", "--clip 1"]
    )
    #expect(try workbench.record(of: "a").epochs.isEmpty)
  }

  @Test func `a gradient that is limited already needs no other limit`() async throws {
    let run = try await workbench.run(
      "\(words) --hidden 4 --epochs 3 --batch 10 --learning-rate 3e38 --clip 1"
    )
    #expect(run.exitCode == 1)
    expectOneErrorLine(of: run, saying: ["try a --learning-rate below 3e+38 ("])
    #expect(!run.errorOutput.contains("--clip"))
  }

  @Test func `a model that an epoch's last step ruined does not replace the last good one`()
    async throws
  {
    // 270 examples are two steps; the loss of both, each before its update, is still a number.
    try await expectDivergence(
      "--cell rnn --hidden 4 --epochs 3 --batch 150 --learning-rate 3e38 --clip 0",
      saying: ["the loss became ", "after epoch 1, step 2", "--learning-rate"]
    )
  }

  @Test func `the line tells which epoch's model is kept`() async throws {
    // One step an epoch: the first leaves numbers that the second makes too large.
    try await expectDivergence(
      "--cell rnn --hidden 4 --epochs 4 --batch 300 --learning-rate 3e38 --clip 0",
      saying: ["after epoch 2, step 1", "(runs/a/model.safetensors is the model after epoch 1; "]
    )
    #expect(try workbench.record(of: "a").epochs.map(\.epoch) == [1])
    let rows = try workbench.text(of: "runs/a/metrics.csv").split(separator: "\n")
    #expect(rows.count == 2)
  }
}
