import Foundation
import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

/// Tasks for the memory as data of a run.
struct MemoryTaskCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private static let small = "--examples 60 --hidden 4 --epochs 2 --batch 30 --run a"

  @Test(arguments: MemoryTask.allCases)
  func `a task is learned, kept, tested and checked`(task: MemoryTask) async throws {
    let run = try await workbench.succeed("train \(task.rawValue) --lag 12 \(Self.small)")
    #expect(run.lines[0].contains(" at lag 12: 60 examples to train, 2000 to validate, 2000 "))
    let record = try workbench.record(of: "a")
    #expect(record.data.lag == 12 && record.recipe.initialization == .chrono(memory: 12))
    #expect(record.features == task.features)
    #expect(
      run.output.contains(
        task == .adding ? "the mean squared error of 2000 numbers" : "Test accuracy: "
      )
    )
    let again = try await workbench.succeed("evaluate a")
    #expect(again.lines[0].contains(" at lag 12 test"))
    _ = try await workbench.succeed("evaluate a --dataset \(task.rawValue) --lag 20")
    _ = try await workbench.succeed("gradcheck a --samples 3 --batch 2")
    let page = try workbench.text(of: "runs/a/report.html")
    #expect(!page.contains("images"))
  }

  @Test func `a run is gone on with to the same model`() async throws {
    let settings = "train adding --lag 10 --examples 60 --hidden 4 --batch 30"
    try await workbench.succeed("\(settings) --epochs 40 --run whole")
    let run = try await workbench.run(
      "\(settings) --epochs 40 --run a --threads 1",
      sending: CommandLineRun.Signal(number: SIGINT, moment: .text("Epoch: 0002"))
    )
    if run.exitCode == 130 { try await workbench.succeed("train --resume a --threads 2") }
    #expect(
      try workbench.bytes(of: "runs/a/model.safetensors")
        == workbench.bytes(of: "runs/whole/model.safetensors")
    )
    try await workbench.fail(
      "train adding --lag 11 --resume a",
      exitCode: 1,
      saying: "--lag is 11, not 10"
    )
  }

  @Test func `what does not go with a task is refused`() async throws {
    for (words, saying) in [
      ("train adding --lag 1", "--lag is 1; use a whole number from 2 to 50000"),
      ("train temporal-order --lag 9", "--lag is 9; use a whole number from 10"),
      ("train parity --lag 50001", "--lag is 50001"), ("train copy --lag far", "'far'"),
      ("train digits --lag 5", "--lag goes with a task for the memory, such as adding"),
      ("train --lag 5", "--lag goes with a task for the memory"),
      ("train adding --data here", "examples of adding are drawn, not read"),
      ("train adding --read columns", "do not go with the adding problem; leave them out"),
      ("train final-parity --read pixels", "do not go with final parity"),
      ("train copy --read pixels", "do not go with an answer at each step"),
      ("train adding --validation-share 0.2", "the adding problem is split already"),
      ("train adding --differences", "go with a file of series"),
      ("augment adding --augment noise", "'adding'"),
    ] {
      try await workbench.fail(words, exitCode: 2, saying: saying)
    }
    try await workbench.fail(
      "train adding --lag 50000 --examples 10000000",
      exitCode: 1,
      saying: "more than half of this machine's memory; use fewer --examples or a shorter --lag"
    )
    try await workbench.succeed("train adding --lag 5 \(Self.small)")
    try await workbench.fail("predict a one.png", exitCode: 1, saying: "reads no images")
    try await workbench.fail("evaluate a --dataset digits", exitCode: 1, saying: "is not for")
    try await workbench.fail("evaluate a --dataset parity", exitCode: 1, saying: "is not for")
    try await workbench.fail("gradcheck a --steps 2", exitCode: 1, saying: "leave out --steps")
    try await workbench.fail(
      "evaluate a --lag 6",
      exitCode: 2,
      saying: "the run learned at lag 5; add --dataset adding to try another"
    )
  }
}
