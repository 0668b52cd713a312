import Recurrent
import Testing

@testable import RecurrentCommand

struct DamagedRunTests {
  let workbench: Workbench

  init() async throws {
    workbench = try Workbench()
    try await workbench.trainSmall()
  }

  private let model = "runs/small/model.safetensors"
  private let record = "runs/small/run.json"

  /// Expects both commands that read a run to refuse it in one line.
  private func expectRefusal(
    saying parts: String...,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let image = "images/t10k-images-idx3-ubyte:0"
    for words in [["evaluate", "small"], ["predict", "small", image]] {
      try await workbench.fail(words, exitCode: 1, saying: parts, at: location)
    }
  }

  @Test func `a model that is missing is named`() async throws {
    try workbench.remove(model)
    try await expectRefusal(saying: "\(model): does not exist")
  }

  @Test(arguments: [0, 7, 8, 100, 1000, -1])
  func `a model that is cut short is named`(count: Int) async throws {
    let whole = try workbench.bytes(of: model)
    try workbench.write(Array(whole.prefix(count < 0 ? whole.count + count : count)), to: model)
    try await expectRefusal(saying: model)
  }

  @Test func `bytes after a model are refused`() async throws {
    try workbench.write(try workbench.bytes(of: model) + [0, 0, 0, 0], to: model)
    try await expectRefusal(saying: "\(model), byte", "4 bytes that belong to no array")
  }

  @Test(
    arguments: [
      ("NaN", [0, 0, 0xc0, 0x7f]), ("infinity", [0, 0, 0x80, 0x7f]),
      ("-infinity", [0, 0, 0x80, 0xff]),
    ] as [(String, [UInt8])]
  )
  func `a model with a number that is none is refused`(
    name: String,
    bytes: [UInt8]
  ) async throws {
    let whole = try workbench.bytes(of: model)
    try workbench.write(whole.dropLast(4) + bytes, to: model)
    try await expectRefusal(saying: model, "array '", "NaN or infinity", "train the model again")
  }

  @Test func `parameters so large that no answer comes out are no crash`() async throws {
    var file = try workbench.model(of: "small").safetensors
    // Logits beyond the range of a float make the probabilities NaN.
    file.add(Tensor([Float](repeating: 3e38, count: 80), shape: [10, 8]), named: "head.weight")
    file.add(Tensor([Float](repeating: 3e38, count: 10), shape: [10]), named: "head.bias")
    let zeros = try file.tensor(named: "lstm.bias_ih_l0")
    file.add(
      Tensor([Float](repeating: 9, count: zeros.count), shape: zeros.shape),
      named: "lstm.bias_ih_l0"
    )
    try workbench.write(file.bytes, to: model)
    try await workbench.fail(
      "predict small images/t10k-images-idx3-ubyte:0",
      exitCode: 1,
      saying: "the model's answer is no number"
    )
    let run = try await workbench.succeed("evaluate small")
    #expect(try #require(run.lines.first).hasPrefix("MNIST test accuracy: "))
  }

  @Test(arguments: [(14, 8, 10), (28, 9, 10), (28, 8, 11)])
  func `a model of other sizes does not belong to the run`(
    inputSize: Int,
    hiddenSize: Int,
    classes: Int
  ) async throws {
    let other = SequenceModel.lstm(
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      classes: classes,
      seed: 1
    )
    try workbench.write(other.safetensors.bytes, to: model)
    try await expectRefusal(saying: "\(model): does not belong to \(record)")
  }

  @Test func `a model that answers at every step does not belong to the run`() async throws {
    var file = try workbench.model(of: "small").safetensors
    file.metadata["summary"] = SequenceModel.Summary.allOutputs.rawValue
    try workbench.write(file.bytes, to: model)
    try await expectRefusal(saying: "\(model): does not belong to \(record)")
  }

  @Test func `a file of other arrays is no model`() async throws {
    var file = SafetensorsFile()
    file.add(Tensor([1, 2], shape: [2]), named: "a")
    try workbench.write(file.bytes, to: model)
    try await expectRefusal(saying: model)
  }

  @Test func `a record that is missing makes the folder no run`() async throws {
    try workbench.remove(record)
    try await expectRefusal(saying: "there is no run here (no run.json)")
  }

  @Test(arguments: ["", "{}", "[]", "null", "{\"seed\":", "\u{0}\u{1}", "text"])
  func `a record that is none is named`(text: String) async throws {
    try workbench.write(Array(text.utf8), to: record)
    try await expectRefusal(saying: "\(record): is not the record of a run")
  }

  @Test func `a record cut anywhere is named`() async throws {
    let whole = try workbench.bytes(of: record)
    for count in stride(from: 1, to: whole.count - 3, by: whole.count / 5) {
      try workbench.write(Array(whole.prefix(count)), to: record)
      try await workbench.fail(
        "evaluate small",
        exitCode: 1,
        saying: "\(record): is not the record of a run"
      )
    }
  }

  @Test(arguments: [
    ("\"features\" : 28", "\"features\" : 27", "layers differ"),
    ("\"features\" : 28", "\"features\" : -1", "is not the record"),
    ("\"hiddenSize\" : 8", "\"hiddenSize\" : 80", "layers differ"),
    ("    \"9\"\n", "    \"9\", \"10\"\n", "layers differ"),
    ("\"name\" : \"mnist\"", "\"name\" : \"letters\"", "is not the record of a run"),
    ("\"batchSize\" : 50", "\"batchSize\" : 0", "is not the record of a run"),
    ("\"epochs\" : 2,", "\"epochs\" : 1,", "is not the record of a run"),
    ("\"forgetBias\" : 1", "\"forgetBias\" : 1e99", "is not the record of a run"),
    ("\"learningRate\" : 0.004", "\"learningRate\" : -4", "is not the record of a run"),
    ("\"threads\" : ", "\"threads\" : -", "is not the record of a run"),
    ("\"seed\" : 1", "\"seed\" : -1", "is not the record of a run"),
    ("\"dataFingerprint\" : \"", "\"dataFingerprint\" : \"0", "SHA-256"),
    ("\"name\" : \"mnist\"", "\"name\" : \"digits\", \"drawnCount\" : 0", "is not the record"),
    ("\"name\" : \"mnist\"", "\"name\" : \"digits\", \"drawnCount\" : -9", "is not the record"),
    ("\"batchSize\" : ", "\"batchSize\" : -", "is not the record"),
    (
      "\"name\" : \"mnist\"", "\"name\" : \"digits\", \"drawnCount\" : 9000000000000000000",
      "is not the record"
    ),
  ])
  func `a record that says something else is refused`(
    old: String,
    new: String,
    part: String
  ) async throws {
    let text = try workbench.text(of: record)
    try #require(text.contains(old))
    try workbench.write(Array(text.replacing(old, with: new).utf8), to: record)
    try await workbench.fail("evaluate small", exitCode: 1, saying: part)
  }

  @Test func `a summary does not ask for more memory than there is`() async throws {
    let text = try workbench.text(of: record)
    let batch = try #require(text.firstMatch(of: /"batchSize" : \d+/)).output
    let larger = text.replacing(batch, with: "\"batchSize\" : 1000000")
      .replacing("\"steps\" : 28", with: "\"steps\" : 65536")
    try workbench.write(Array(larger.utf8), to: record)
    try await workbench.fail("summary small", exitCode: 1, saying: "of this machine's memory")
  }

  @Test func `a run of sequences that are no images reads no image`() async throws {
    let text = try workbench.text(of: record)
    try workbench.write(
      Array(text.replacing("\"steps\" : 28", with: "\"steps\" : 7").utf8),
      to: record
    )
    try await workbench.fail(
      "predict small images/t10k-images-idx3-ubyte:0",
      exitCode: 1,
      saying: "the run reads no images of 28 rows of 28 pixels"
    )
  }
}
