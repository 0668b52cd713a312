import Recurrent
import Testing

@testable import RecurrentCommand

struct PrecisionOptionTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @discardableResult
  private func train(_ name: String, _ options: String, isa: String? = nil) async throws
    -> CommandLineRun
  {
    try SmallImages().write(to: "images", in: workbench)
    return try await workbench.succeed(
      "train mnist --data images --hidden 20 --epochs 2 --batch 100 --run \(name) \(options)",
      environment: isa.map { ["RECURRENT_ISA": $0] } ?? [:]
    )
  }

  private func model(_ name: String) throws -> [UInt8] {
    try workbench.bytes(of: "runs/\(name)/model.safetensors")
  }

  @Test(
    .enabled(if: Precision.bfloat16.isSupported, "this processor has no products of bfloat16")
  )
  func `bf16 is named, recorded, and the same on any number of threads`() async throws {
    let run = try await train("coarse", "--precision bf16 --threads 1")
    #expect(run.lines.contains { $0.hasSuffix(", bf16") })
    #expect(try workbench.record(of: "coarse").recipe.precision == .bfloat16)
    try await train("again", "--precision bf16 --threads 3")
    try await train("fine", "--precision float32")
    #expect(try model("coarse") == model("again"))
    #expect(try model("coarse") != model("fine"))
    try await workbench.succeed("evaluate coarse")
  }

  @Test func `where bf16 is not to be had, the command says so and trains with float32`()
    async throws
  {
    let run = try await train("without", "--precision bf16", isa: "baseline")
    #expect(
      run.lines.first
        == "bf16 is not to be had on this processor with the instruction set baseline; "
        + "training with float32"
    )
    try await train("float32", "", isa: "baseline")
    #expect(try model("without") == model("float32"))
    #expect(try workbench.record(of: "without").recipe.precision == nil)
  }

  @Test func `an unknown precision is refused`() async throws {
    let run = try await workbench.run("train --precision half")
    #expect(run.exitCode == 2)
    #expect(run.errorOutput.contains("'half'") && run.errorOutput.contains("bf16"))
  }
}
