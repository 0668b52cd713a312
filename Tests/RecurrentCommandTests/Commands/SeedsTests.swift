import Foundation
import Testing

@testable import RecurrentCommand

/// Runs that differ in their seeds alone, and what is told of them.
struct SeedsTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages(trainingCount: 120, testCount: 30).write(to: "images", in: workbench)
  }

  private let words = "train mnist --data images --hidden 8 --epochs 2 --batch 50"

  private func summary(_ name: String) throws -> SeedSummary {
    try JSONDecoder().decode(
      SeedSummary.self,
      from: Data(try workbench.bytes(of: "runs/\(name)-seeds.json"))
    )
  }

  @Test func `each seed has a run of its own, and their mean is told`() async throws {
    let run = try await workbench.succeed("\(words) --seeds 3 --seed 5 --run a")
    #expect(
      try workbench.names(in: "runs") == ["a-seed-5", "a-seed-6", "a-seed-7", "a-seeds.json"]
    )
    let summary = try summary("a")
    #expect(summary.runs.map(\.seed) == [5, 6, 7] && summary.measure == "accuracy")
    #expect(summary.degreesOfFreedom == 2 && summary.halfWidth != nil)
    let records = try [5, 6, 7].map { try workbench.record(of: "a-seed-\($0)") }
    #expect(records.map(\.seed) == [5, 6, 7])
    #expect(records.map { $0.test?.accuracy } == summary.runs.map(\.accuracy))
    #expect(Array(run.lines.suffix(5)) == summary.lines + ["Summary: runs/a-seeds.json"])

    // A run of one seed is the run that has it by itself.
    try await workbench.succeed("\(words) --seed 6 --run alone")
    #expect(
      try workbench.bytes(of: "runs/alone/model.safetensors")
        == workbench.bytes(of: "runs/a-seed-6/model.safetensors")
    )
  }

  @Test func `the same command goes on with what is left`() async throws {
    let words = words.replacing("--epochs 2", with: "--epochs 400")
    let stopped = try await workbench.run(
      "\(words) --seeds 2",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0003"))
    )
    #expect(stopped.exitCode == 143, "\(stopped)")
    #expect(
      stopped.errorOutput.contains("go on with 'recurrent train --resume mnist-lstm-8-seed-1'")
    )
    #expect(
      stopped.errorOutput.hasSuffix("; the same command again goes on with all 2 seeds\n"),
      "\(stopped)"
    )
    try await workbench.succeed("\(words) --seed 2 --run mnist-lstm-8-seed-2")
    let run = try await workbench.succeed("\(words) --seeds 2")
    #expect(run.output.contains("\nGoing on "))
    #expect(run.output.contains("\nruns/mnist-lstm-8-seed-2 came to its end before.\n"))
    try await workbench.succeed("\(words) --run whole")
    #expect(
      try workbench.bytes(of: "runs/whole/model.safetensors")
        == workbench.bytes(of: "runs/mnist-lstm-8-seed-1/model.safetensors")
    )
    #expect(try summary("mnist-lstm-8").runs.map(\.seed) == [1, 2])
  }

  @Test func `runs with other settings are left alone`() async throws {
    try await workbench.succeed("\(words) --seeds 1")
    try await workbench.succeed("\(words) --seeds 2 --clip 0.5")
    #expect(
      try workbench.names(in: "runs") == [
        "mnist-lstm-8-2-seed-1", "mnist-lstm-8-2-seed-2", "mnist-lstm-8-2-seeds.json",
        "mnist-lstm-8-seed-1", "mnist-lstm-8-seeds.json",
      ]
    )
    try await workbench.fail(
      "\(words) --seeds 1 --clip 2 --run mnist-lstm-8",
      exitCode: 1,
      saying: "runs/mnist-lstm-8-seed-1: was begun with other settings: --clip is 2.0, not 1.0",
      "choose another --run NAME"
    )
    try SmallImages(trainingCount: 130, testCount: 30).write(to: "images", in: workbench)
    let run = try await workbench.run("\(words) --seeds 1")
    #expect(run.exitCode == 1)
    expectOneErrorLine(of: run, saying: ["was trained on other MNIST examples"])
  }

  @Test(arguments: [
    ("--seeds 0", "--seeds is 0; use a whole number from 1 to 1000"),
    ("--seeds 1001", "--seeds is 1001; use a whole number from 1 to 1000"),
    ("--seeds many", "The value 'many' is invalid for '--seeds <seeds>'"),
    ("--seeds 2 --resume a", "--resume names one run; with --seeds, type the same command again"),
    ("--seeds 2 --run .", "--run needs a name"),
  ])
  func `wrong numbers of seeds are refused`(options: String, part: String) async throws {
    try await workbench.fail("train digits \(options)", exitCode: 2, saying: part)
  }

  @Test func `no seed comes after the last`() async throws {
    try await workbench.fail(
      "train digits --seeds 2 --seed 18446744073709551615",
      exitCode: 1,
      saying: "goes past 18446744073709551615, the last seed; use a smaller one"
    )
  }

  @Test func `a mean of few numbers is told with its interval`() throws {
    func run(_ accuracy: Double?, cost: Double = 0.5) -> SeedSummary.Run {
      SeedSummary.Run(seed: 1, folder: "f", accuracy: accuracy, cost: cost, count: 10)
    }
    let three = try #require(SeedSummary(of: [0.9, 0.92, 0.94].map { run($0) }))
    // 4.3027 · 0.02 / √3 = 0.04968
    #expect(
      three.lines.last
        == "Mean of 3 seeds: 92.00% ± 4.97 points (95% interval by Student's t, 2 degrees of freedom)"
    )
    let costs = try #require(SeedSummary(of: [1, 2].map { run(nil, cost: $0) }))
    // 12.7062 · √½ / √2 = 6.3531
    #expect(
      costs.lines.last
        == "Mean of 2 seeds: cost 1.5000 ± 6.3531 (95% interval by Student's t, 1 degree of freedom)"
    )
    #expect(costs.lines[0] == "Seed 1: cost 1.0000 (f)")
    let one = try #require(SeedSummary(of: [run(0.9)]))
    #expect(one.lines.last == "Mean of 1 seed: 90.00%; how sure it is takes two or more")
    #expect(SeedSummary(of: []) == nil)
  }
}
