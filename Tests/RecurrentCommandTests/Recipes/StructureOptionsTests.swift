import Recurrent
import Testing

@testable import RecurrentCommand

struct StructureOptionsTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test(arguments: [
    "--read columns", "--read both", "--read patches:7", "--read patches:7 --sweeps 1",
    "--read pixels", "--read permuted-pixels:9",
    "--read patches:14 --sweeps 2 --hidden 4,4 --bidirectional --residual", "--bidirectional",
    "--bidirectional --merge sum", "--bidirectional --merge mean",
    "--bidirectional --merge product", "--summary mean",
    "--summary max", "--projection 3", "--learn-state", "--input-dropout 0.25",
    "--recurrent-dropout 0.25", "--drop-connect 0.25", "--zoneout 0.25", "--cell-zoneout 0.25",
    "--hidden 8,5", "--hidden 8,8 --layer-dropout 0.25", "--hidden 8,8 --residual",
  ])
  func `a setting makes another model, which is kept, tested and checked`(
    options: String
  ) async throws {
    try await workbench.trainSmall("usual")
    try await workbench.trainSmall("other", options: options)
    #expect(
      try workbench.bytes(of: "runs/usual/model.safetensors")
        != workbench.bytes(of: "runs/other/model.safetensors")
    )
    _ = try await workbench.succeed("evaluate other")
    _ = try await workbench.succeed("gradcheck other --samples 3 --batch 2")
  }

  @Test func `the preset for pixels reads one after another`() async throws {
    let run = try await workbench.succeed("summary --preset pixels --hidden 2 --batch 2")
    #expect(run.lines.contains("Layers: reads pixels"))
    #expect(run.output.contains("chrono:50"))
    let other = try await workbench.succeed(
      "summary --preset pixels --read permuted-pixels --hidden 2 --batch 2"
    )
    #expect(other.lines.contains("Layers: reads pixels in the order of seed 1"))
    #expect(other.output.contains("GRU        1      2"))
  }

  @Test func `every setting ends up in the record, the report and the model`() async throws {
    try await workbench.trainSmall(
      "a",
      options: """
        --cell gru --hidden 6,6,6 --read both --bidirectional --merge mean --residual \
        --summary max --learn-state --input-dropout 0.125 --layer-dropout 0.25 \
        --recurrent-dropout 0.375 --drop-connect 0.0625 --zoneout 0.03125
        """
    )
    let recipe = try workbench.record(of: "a").recipe
    #expect(recipe.hiddenSize == LayerSizes([6, 6, 6]))
    var structure = ModelStructure()
    structure.reading = .rowsAndColumns
    structure.merge = .mean
    structure.isResidual = true
    structure.summary = .maxOutput
    structure.learnsState = true
    structure.layerDropout = 0.25
    structure.regularization = Regularization(
      inputDropout: 0.125,
      recurrentDropout: 0.375,
      dropConnect: 0.0625,
      hiddenZoneout: 0.03125
    )
    #expect(recipe.structure == structure)
    let page = try workbench.text(of: "runs/a/report.html")
    for part in structure.parts + ["6, 6 and 6"] { #expect(page.contains(part), "\(part)") }
    let model = try workbench.model(of: "a")
    #expect(model.layers.map(\.inputSize) == [56, 6, 6])
    #expect(model.layers[0] is Bidirectional<GRUCell> && model.layers[1] is Residual)
    #expect(model.layerDescriptions == recipe.layers(inputSize: 56, places: nil))
    let shares = model.layerDescriptions?.map(\.directions[0].regularization.inputDropout)
    #expect(shares == [0.125, 0.25, 0.25])
  }

  @Test func `the result does not depend on the threads`() async throws {
    let options = "--read both --hidden 8,8 --bidirectional --residual --layer-dropout 0.25"
    try await workbench.trainSmall("one", options: options + " --threads 1")
    try await workbench.trainSmall("three", options: options + " --threads 3")
    #expect(
      try workbench.bytes(of: "runs/one/model.safetensors")
        == workbench.bytes(of: "runs/three/model.safetensors")
    )
  }

  @Test(arguments: [
    ("--merge sum", "--merge goes with two directions; add --bidirectional"),
    ("--merge twice --bidirectional", "'twice'"), ("--summary all", "'all'"),
    ("--read diagonals", "'diagonals'"), ("--read patches:0", "'patches:0'"),
    ("--sweeps 2", "--hidden names 1 layer for 2 sweeps; name a size for each"),
    ("--preset best --hidden 128", "--hidden names 1 layer for 2 sweeps"),
    ("--sweeps -1", "--sweeps is -1"),
    ("--read both --sweeps 1", "--sweeps needs the places of a grid; use --read rows or patches:4"),
    ("--read pixels --sweeps 1", "--sweeps needs the places of a grid"),
    ("--read permuted-pixels:x", "'permuted-pixels:x'"), ("--read pixels:2", "'pixels:2'"),
    ("--hidden 8,", "'8,'"), ("--hidden 8,x", "'8,x'"),
    ("--hidden 8,0", "--hidden is 0; use a whole number from 1 to 16384"),
    ("--residual", "--residual needs a layer that gives as many features as it reads"),
    ("--layer-dropout 0.1", "--layer-dropout acts between layers; use several"),
    ("--zoneout 1", "--zoneout is 1.0; use a number from 0 to below 1"),
    ("--drop-connect nan", "--drop-connect is nan"), ("--input-dropout -1", "--input-dropout"),
    ("--cell gru --cell-zoneout 0.1", "--cell-zoneout is for LSTMs; gru has no cell state"),
    ("--cell gru --projection 3", "--projection is for LSTMs; leave it out for gru"),
    ("--projection 128", "--projection is 128; use a number below the 128 hidden units"),
    ("--projection -1", "--projection is -1; use a number below the hidden units"),
  ])
  func `wrong use is refused in one line`(options: String, saying: String) async throws {
    try await workbench.fail("train \(options)", exitCode: 2, saying: saying)
  }

  @Test(arguments: [
    "train --examples 60 --hidden 16384,16384,16384",
    "summary --hidden 16384,16384,16384", "summary --steps 65536 --features 65536",
    "summary --batch 1000000 --steps 10000",
  ])
  func `what no memory would hold is refused before it is made`(words: String) async throws {
    try await workbench.fail(
      words,
      exitCode: 1,
      saying: "GB, more than half of this machine's memory; use fewer"
    )
  }

  @Test func `a way of reading that does not fit the images is refused`() async throws {
    try await workbench.fail(
      "train --read patches:5 --examples 60",
      exitCode: 1,
      saying: "--read patches:5 does not fit drawn digits, which has 28 steps of 28 features"
    )
  }

  @Test func `more layers than anyone needs are refused`() async throws {
    let sizes = Array(repeating: "2", count: 65).joined(separator: ",")
    try await workbench.fail(
      "train --hidden \(sizes)",
      exitCode: 2,
      saying: "--hidden has 65 layers; use at most 64"
    )
  }

  @Test(arguments: [
    ("\"hiddenSize\" : 8", "\"hiddenSize\" : [8, 8]", "layers differ"),
    ("\"hiddenSize\" : 8", "\"hiddenSize\" : []", "is not the record of a run"),
    (
      "\"hiddenSize\" : 8", "\"hiddenSize\" : 4611686018427387904", "is not the record of a run"
    ),
    ("\"cell\" : \"lstm\"", "\"cell\" : \"lstm-coupled\"", "layers differ"),
  ])
  func `a record of other layers than the model's is refused`(
    from: String,
    to: String,
    saying: String
  ) async throws {
    try await workbench.trainSmall("a")
    let record = try workbench.text(of: "runs/a/run.json")
    #expect(record.contains(from))
    try workbench.write(
      Array(record.replacing(from, with: to).utf8),
      to: "runs/a/run.json"
    )
    try await workbench.fail("evaluate a", exitCode: 1, saying: saying)
  }
}
