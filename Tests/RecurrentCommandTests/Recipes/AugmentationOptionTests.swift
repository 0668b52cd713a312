import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

struct AugmentationOptionTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @discardableResult
  private func train(
    _ name: String,
    _ options: String,
    isa: String? = nil
  ) async throws -> CommandLineRun {
    try SmallImages().write(to: "images", in: workbench)
    return try await workbench.succeed(
      "train mnist --data images --hidden 8 --epochs 2 --batch 100 --run \(name) \(options)",
      environment: isa.map { ["RECURRENT_ISA": $0] } ?? [:]
    )
  }

  private func model(_ name: String) throws -> [UInt8] {
    try workbench.bytes(of: "runs/\(name)/model.safetensors")
  }

  private static let all =
    "--augment affine:rotate=15,elastic,cutout --augment time-shift,time-warp,time-cutout,scaling,noise"

  @Test func `changes are named, recorded, and the same on any number of threads`() async throws {
    let run = try await train("one", Self.all + " --threads 1")
    let text = """
      affine:rotate=15,shift=0.08,scale=0.1,shear=10,elastic:alpha=34,sigma=4,\
      cutout:size=8,count=1,time-shift:share=0.1,time-warp:deviation=0.2,pieces=4,\
      time-cutout:share=0.2,scaling:deviation=0.1,per-feature=no,noise:deviation=0.05
      """
    #expect(run.lines.contains("Augmentation: \(text)"))
    #expect(try workbench.record(of: "one").recipe.augmentation?.description == text)
    #expect(try workbench.text(of: "runs/one/report.html").contains("affine:rotate=15"))
    try await train("three", Self.all + " --threads 3")
    try await train("none", "")
    #expect(try model("one") == model("three"))
    #expect(try model("one") != model("none"))
    #expect(try workbench.record(of: "none").recipe.augmentation == nil)
  }

  @Test func `every instruction set gives the same bytes`() async throws {
    let refused = try await workbench.run("train", environment: ["RECURRENT_ISA": "none"])
    let sets = try #require(refused.errorOutput.firstMatch(of: /use one of (.*)\n/)?.1)
      .split(separator: ", ").map(String.init)
    var files = Set<[UInt8]>()
    for set in sets {
      try await train(set, Self.all, isa: set)
      files.insert(try model(set))
    }
    #expect(files.count == 1)
  }

  // Everything is cut out of the training images; what validates and tests is as it is.
  @Test func `only training examples are changed`() async throws {
    try await train("blank", "--augment cutout:size=100,count=1 --learning-rate 0.0000001")
    let epoch = try #require(try workbench.record(of: "blank").epochs.last)
    let cost = try #require(epoch.validationCost)
    let output = try await workbench.succeed("evaluate blank --on validation").output
    #expect(output.contains("cost \(decimals(cost, 4))"))
    #expect(abs(epoch.cost - cost) > 1e-4)
  }

  @Test func `a record from before there were changes is still read`() async throws {
    try await workbench.trainSmall()
    let text = try workbench.text(of: "runs/small/run.json")
    #expect(!text.contains("augmentation"))
    try await workbench.succeed("evaluate small")
  }

  @Test func `a record with a change that is not known is refused`() async throws {
    try await workbench.trainSmall(options: "--augment noise")
    let text = try workbench.text(of: "runs/small/run.json")
    let changed = text.replacingOccurrences(of: "noise:deviation", with: "hiss:deviation")
    #expect(changed != text)
    try workbench.write(Array(changed.utf8), to: "runs/small/run.json")
    try await workbench.fail("evaluate small", exitCode: 1, saying: "is not the record of a run")
  }

  @Test(arguments: [
    ("train --augment blur", "there is no 'blur'; use affine, elastic"),
    ("train --augment affine:spin=3", "affine has no setting 'spin'; use rotate, shift"),
    ("train --augment affine:rotate=999", "affine:rotate is '999'; use a number from 0 to 180"),
    ("train --augment rotate=3", "'rotate=3' has no augmentation before it; begin with one"),
    ("augment", "--augment is missing; use affine, elastic"),
    ("augment --augment noise --examples 0", "--examples is 0; use a whole number from 1 to 100"),
    ("augment --augment noise --epochs 101", "--epochs is 101; use a whole number from 1 to 100"),
    ("augment digits --augment noise --data here", "--data goes with mnist or fashion-mnist"),
  ])
  func `wrong words are refused with what is allowed`(words: String, saying: String) async throws {
    try await workbench.fail(words, exitCode: 2, saying: saying)
  }

  @Test func `examples and what becomes of them are drawn`() async throws {
    try SmallImages().write(to: "images", in: workbench)
    let run = try await workbench.succeed(
      "augment mnist --data images --augment affine --examples 2 --epochs 3 --output page.svg"
    )
    #expect(
      run.lines == [
        "Augmentation: affine:rotate=10,shift=0.08,scale=0.1,shear=10", "Picture: page.svg",
      ]
    )
    let svg = try workbench.text(of: "page.svg")
    #expect(svg.components(separatedBy: "<image ").count == 9)
    #expect(svg.contains("epoch 3") && !svg.contains("epoch 4"))
    try await workbench.fail(
      "augment mnist --data images --augment affine --output nowhere/page.svg",
      exitCode: 1,
      saying: "nowhere"
    )
  }
}
