import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("ONNX export")
struct ONNXExportTests {
  /// Both sides compute in single precision, in another order and with other exponentials; where
  /// sums are near 0, normalisation multiplies that difference by up to 1/√ε, some 300.
  private func tolerance(_ example: ExampleModel) -> Float {
    example.name == "lstm-normalised" ? 1e-4 : 1e-5
  }

  private func export(_ example: ExampleModel) throws -> ONNXExport {
    try ONNXExport(example.model, input: .init(grid: example.grid))
  }

  /// The outputs of the graph for sequences `[batch, time, features]`.
  private func run(
    _ file: ONNXModel,
    _ input: Tensor,
    lengths: [Int]? = nil,
    states: [String: ONNXArray] = [:]
  ) throws -> [String: ONNXArray] {
    var given = states
    given["input"] = ONNXArray(input)
    if let lengths { given["lengths"] = ONNXArray(lengths, shape: [lengths.count], type: .int32) }
    return try ONNXEvaluation.run(file, given)
  }

  private func distance(_ result: ONNXArray?, _ wanted: Tensor) throws -> Float {
    let result = try #require(result?.tensor)
    #expect(result.shape == wanted.shape)
    return largestDistance(result.elements, wanted.elements)
  }

  @Test("A graph computes what the model computes", arguments: ExampleModel.all)
  func equalsModel(_ example: ExampleModel) throws {
    let file = try export(example).file(.sequence)
    var numbers = SeededNumbers(5)
    for (batch, length) in [(1, 1), (1, 50), (3, 2), (17, 5)] {
      let steps = example.grid?[0] ?? length
      let features = example.grid?[1] ?? example.model.layers[0].inputSize
      let input = numbers.tensor([batch, steps, features], in: -1...1)
      let outputs = try run(file, input)
      #expect(try distance(outputs["logits"], example.model(input)) <= tolerance(example))
    }
  }

  @Test("What stands past a row's end counts for nothing", arguments: ExampleModel.reading)
  func lengths(_ example: ExampleModel) throws {
    let file = try export(example).file(.sequence)
    var numbers = SeededNumbers(6)
    let input = numbers.tensor([3, 7, example.model.layers[0].inputSize], in: -1...1)
    let lengths = [4, 7, 1]
    var elements = input.elements
    let width = input.shape[2]
    for row in 0..<3 {
      for place in (row * 7 + lengths[row]) * width..<(row + 1) * 7 * width {
        elements[place] = 1e30
      }
    }
    let padded = Tensor(elements, shape: input.shape)
    let wanted = example.model.logits(input, in: SequencePass(lengths: lengths))
    let outputs = try run(file, padded, lengths: lengths)
    #expect(try distance(outputs["logits"], wanted) <= tolerance(example))
  }

  @Test("A stream in chunks is the stream", arguments: ExampleModel.reading)
  func chunks(_ example: ExampleModel) throws {
    let export = try export(example)
    guard case .refused = export.support(.step) else {
      let file = try export.file(.sequence)
      var numbers = SeededNumbers(7)
      let input = numbers.tensor([2, 9, example.model.layers[0].inputSize], in: -1...1)
      var states: [String: ONNXArray] = [:]
      var outputs: [String: ONNXArray] = [:]
      for range in [0..<4, 4..<5, 5..<9] {
        outputs = try run(file, input.slice(range, along: 1), states: states)
        states = outputs.asInitialStates
      }
      var wanted = example.model(input)
      if example.model.summary == .allOutputs { wanted = wanted.slice(5..<9, along: 1) }
      #expect(try distance(outputs["logits"], wanted) <= tolerance(example))
      return
    }
  }

  @Test("Step by step is the whole sequence", arguments: ExampleModel.reading)
  func steps(_ example: ExampleModel) throws {
    let export = try export(example)
    if case .refused(let reason) = export.support(.step) {
      #expect(throws: FormatRefusal(reason)) { try export.file(.step) }
      return
    }
    let file = try export.file(.step)
    var numbers = SeededNumbers(8)
    let input = numbers.tensor([3, 6, example.model.layers[0].inputSize], in: -1...1)
    var wanted = example.model(input)
    if example.model.summary == .allOutputs { wanted = wanted.slice(at: 5, along: 1) }
    var states: [String: ONNXArray] = [:]
    var logits: ONNXArray?
    for step in 0..<6 {
      let outputs = try run(file, input.slice(at: step, along: 1), states: states)
      states = outputs.asInitialStates
      logits = outputs["logits"]
    }
    #expect(try distance(logits, wanted) <= tolerance(example))
  }

  @Test("Tokens are read as what stands for them")
  func tokens() throws {
    let model = SequenceModel.lstm(inputSize: 5, hiddenSize: 4, classes: 5, seed: 3)
    let file = try ONNXExport(model, input: .init(isTokens: true)).file(.sequence)
    let tokens = [0, 4, 2, 2, 1, 3]
    var rows = [Float](repeating: 0, count: 30)
    for (place, token) in tokens.enumerated() { rows[place * 5 + token] = 1 }
    let outputs = try ONNXEvaluation.run(file, ["tokens": ONNXArray(tokens, shape: [2, 3])])
    #expect(
      try distance(outputs["logits"], model(Tensor(rows, shape: [2, 3, 5]))) <= 1e-5
    )
  }

  @Test("A file is read as it was written, and always the same", arguments: ExampleModel.all)
  func bytes(_ example: ExampleModel) throws {
    let file = try export(example).file(.sequence)
    #expect(try ONNXModel(bytes: file.bytes, path: "model.onnx") == file)
    #expect(try export(example).file(.sequence).bytes == file.bytes)
  }

  @Test("Each cell is exact or decomposed as the table says")
  func support() {
    for example in ExampleModel.all where example.model.layers.count == 1 {
      let isExact =
        !["normalised", "projection", "everything", "indrnn", "min", "lem", "slstm", "zoneout"]
        .contains { example.name.contains($0) }
      let support = ONNXExport.support(of: example.model.layers[0])
      #expect((support == .exact) == isExact, "\(example): \(support)")
    }
  }
}

extension [String: ONNXArray] {
  /// The states after a chunk as those before the next.
  fileprivate var asInitialStates: Self {
    Dictionary(
      uniqueKeysWithValues: compactMap { name, value in
        name.hasPrefix("final_") ? ("initial_" + name.dropFirst(6), value) : nil
      }
    )
  }
}
