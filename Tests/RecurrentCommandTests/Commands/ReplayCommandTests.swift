import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

struct ReplayCommandTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  /// The checkpoint in a file, without what took time and the program's own notes.
  private func state(of file: String) throws -> [UInt8] {
    var state = try Checkpoint(contentsOf: workbench.path + "/" + file).state
    state.forgetSeconds()
    return Checkpoint(state).safetensors.bytes
  }

  @Test func `any step's state is rebuilt to the bit, on any number of threads`() async throws {
    let words = """
      train mnist --data images --hidden 8 --epochs 4 --batch 50 --schedule plateau --average 0.9 \
      --dropout 0.2 --augment affine
      """
    try await workbench.succeed("\(words) --checkpoint-steps 1 --keep-checkpoints 99 --run all")
    try await workbench.succeed("\(words) --keep-checkpoints 1 --run few")
    for step in [1, 2, 7, 13, 20, 24] {
      for (run, threads) in [("all", 1), ("few", 3)] {
        let result = try await workbench.succeed(
          "replay \(run) --step \(step) --threads \(threads) --save \(run).safetensors"
        )
        let epoch = (step - 1) / 6 + 1
        let place = "Before step \(step) of 24, step \((step - 1) % 6 + 1) of 6 in epoch \(epoch): "
        #expect(result.lines[0].hasPrefix(place), "\(result)")
        #expect(result.lines.last?.hasPrefix("Its loss: ") == true, "\(result)")
      }
      #expect(try state(of: "few.safetensors") == state(of: "all.safetensors"))
      if step > 1 {
        let digits = step <= 10 ? "0\(step - 1)" : "\(step - 1)"
        #expect(
          try state(of: "all.safetensors")
            == state(of: "runs/all/checkpoint/step-0000000\(digits).safetensors")
        )
      }
    }
    let content = try workbench.content
    try await workbench.succeed("replay few --step 3")
    #expect(try workbench.content == content)
  }

  @Test func `steps that a run does not have are refused`() async throws {
    try await workbench.succeed(
      "train mnist --data images --hidden 4 --epochs 2 --batch 100 --run a"
    )
    try await workbench.fail(
      "replay a --step 7",
      exitCode: 1,
      saying: "--step is 7; the run has steps 1 to 6, 3 an epoch"
    )
    try await workbench.fail("replay a --step 0", exitCode: 2, saying: "--step is 0")
    try await workbench.fail("replay a", exitCode: 2, saying: "--step 100, or --find-nan")
    try await workbench.fail("replay b --step 1", exitCode: 1, saying: "there is no run here")
    let sound = try await workbench.succeed("replay a --find-nan")
    #expect(sound.lines.last == "All 6 steps gave finite numbers.")
  }

  @Test func `weights that an update ruined are named, with the update`() async throws {
    // The loss of the only step of each epoch is a number; what the update makes of weights is none.
    let run = try await workbench.run(
      """
      train mnist --data images --cell rnn --hidden 4 --epochs 4 --batch 300 --run a \
      --optimizer gradient-descent --schedule constant --clip 0 --learning-rate 3e38
      """
    )
    #expect(run.exitCode == 1 && run.errorOutput.contains("after epoch 2, step 1"), "\(run)")
    let found = try await workbench.run("replay a --find-nan")
    #expect(found.exitCode == 1)
    expectOneErrorLine(
      of: found,
      saying: ["training ended after step 2: the validation cost was not finite: ", "became"]
    )
    let step = try await workbench.succeed("replay a --step 2 --find-nan")
    #expect(step.lines.last?.contains("finite") == true, "\(step)")
  }

  @Test func `the first number that is not finite is named`() async throws {
    // Activations without a bound, a large step and no limit of the gradient: a textbook explosion.
    let run = try await workbench.run(
      """
      train --examples 300 --cell rnn-relu --hidden 32 --epochs 20 --batch 10 --run a \
      --optimizer gradient-descent --schedule constant --clip 0 --learning-rate 0.3
      """
    )
    #expect(run.exitCode == 1, "\(run)")
    expectOneErrorLine(of: run, saying: ["'recurrent replay a --find-nan' says where it came from"])
    let found = try await workbench.succeed("replay a --find-nan")
    let place =
      /The first that is not finite: layer 0 \(RNN\), unit \d+, time step \d+ of 28, example \d+: the hidden state became infinite \(counted from 0\)/
    let last = try #require(found.lines.last)
    #expect(last.wholeMatch(of: place) != nil, "\(found)")
    // The same by the number of the step, with any number of threads.
    let step = try #require(found.lines[0].firstMatch(of: /Before step (\d+) of 600/)?.1)
    let again = try await workbench.succeed("replay a --step \(step) --find-nan --threads 1")
    #expect(again.lines.last == last)
    let plain = try await workbench.succeed("replay a --step \(step)")
    #expect(plain.output.contains("--find-nan says where it came from"), "\(plain)")
    try await workbench.fail(
      "replay a --step 600",
      exitCode: 1,
      saying: "training ended at step \(step): the loss was not finite"
    )
  }
}
