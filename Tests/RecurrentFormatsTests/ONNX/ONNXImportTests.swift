import Recurrent
import RecurrentTestSupport
import SwiftProtobuf
import Testing

@testable import RecurrentFormats

@Suite("ONNX import")
struct ONNXImportTests {
  @Test("A model that is written and read again has the same bytes", arguments: ExampleModel.all)
  func roundTrip(_ example: ExampleModel) throws {
    let export = try ONNXExport(example.model, input: .init(grid: example.grid))
    for form in GraphForm.allCases {
      if case .refused = export.support(form) { continue }
      let file = try export.file(form)
      let read = try ONNXImport(
        ONNXModel(bytes: file.bytes, path: "model.onnx"),
        path: "model.onnx"
      )
      let model = try #require(read.model)
      #expect(model.safetensors.bytes == example.model.safetensors.bytes, "\(form)")
    }
  }

  @Test("Zeros keep their sign", arguments: ExampleModel.all)
  func signedZeros(_ example: ExampleModel) throws {
    var model = example.model
    model.visitParameters { _, parameter in
      parameter = Tensor(repeating: -0.0, shape: parameter.shape)
    }
    let file = try ONNXExport(model, input: .init(grid: example.grid)).file(.sequence)
    let read = try #require(try ONNXImport(file, path: "model.onnx").model)
    #expect(read.safetensors.bytes == model.safetensors.bytes)
  }

  /// The graph without what it says of its layers, as another program would have written it.
  private func anonymous(_ model: SequenceModel) throws -> ONNXModel {
    var file = try ONNXExport(model).file(.sequence)
    file.metadata = [:]
    return file
  }

  @Test(
    "Layers are recognised without a word about them",
    arguments: ExampleModel.reading.filter { example in
      ExampleModelSupport.isRecognised(example)
    }
  )
  func recognition(_ example: ExampleModel) throws {
    let read = try ONNXImport(try anonymous(example.model), path: "model.onnx")
    let model = try #require(read.model)
    #expect(read.summary == example.model.summary)
    var numbers = SeededNumbers(11)
    let input = numbers.tensor([3, 6, model.layers[0].inputSize])
    #expect(largestDistance(model(input).elements, example.model(input).elements) <= 1e-6)
  }

  @Test("A graph that does more than its layers is refused")
  func moreThanLayers() throws {
    let model = SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: 1)
    var file = try anonymous(model)
    // The logits doubled on their way out.
    let last = try #require(file.graph.nodes.firstIndex { $0.outputs == ["logits"] })
    let source = file.graph.nodes[last].inputs[0]
    file.graph.nodes[last] = ONNXGraph.Node("Add", [source, source], ["logits"])
    #expect(throws: FileError.self) { try ONNXImport(file, path: "model.onnx") }
  }

  @Test("A file whose words and numbers differ is refused")
  func lyingMetadata() throws {
    let model = SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: 1)
    let other = SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: 2)
    var file = try ONNXExport(model).file(.sequence)
    let weight = "lstm.weight_ih_l0.W"
    let changed = try ONNXExport(other).file(.sequence).graph.arrays[weight]
    // The operation reads another array than the one under the name of the layer's.
    let node = try #require(file.graph.nodes.firstIndex { $0.operation == "LSTM" })
    file.graph.nodes[node].inputs[1] = "other"
    file.graph.arrays["other"] = changed
    #expect(throws: FileError.self) { try ONNXImport(file, path: "model.onnx") }
  }

  @Test("Probabilities are known for what they are")
  func probabilities() throws {
    let model = SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 5, seed: 1)
    var file = try anonymous(model)
    let last = try #require(file.graph.nodes.firstIndex { $0.outputs == ["logits"] })
    for (operation, function) in [
      ("Softmax", ONNXImport.OutputFunction.softmax), ("LogSoftmax", .logSoftmax),
    ] {
      file.graph.nodes[last].operation = operation
      #expect(try ONNXImport(file, path: "model.onnx").outputFunction == function)
    }
  }

  @Test("A layer whose steps are written out is known by its weights", arguments: [false, true])
  func writtenOut(isSoftmax: Bool) throws {
    var numbers = SeededNumbers(31)
    let layer = GRU(
      GRUCell(
        input: numbers.tensor([12, 3]),
        recurrent: numbers.tensor([12, 4]),
        inputBias: numbers.tensor([12]),
        recurrentBias: numbers.tensor([12])
      )
    )
    let head = Dense(weight: numbers.tensor([5, 4]), bias: numbers.tensor([5]))
    let model = SequenceModel(layers: [layer], head: head)
    let parts = try #require(LayerParts(layer, at: 0))
    let steps = ONNXCellSteps(parts.directions[0])
    var builder = ONNXGraphBuilder(name: "written out")
    let x = builder.input(ONNXGraph.Value("x", .float, [.named("batch"), .fixed(6), .fixed(3)]))
    var state = builder.array(.zeros([1, 4]), named: "zeros")
    for step in 0..<6 {
      let row = builder.add(
        "Gather",
        x,
        builder.integer(step),
        attributes: ["axis": .integer(1)]
      )
      state = steps.step(steps.inputSums(row, &builder), [state], &builder)[0]
    }
    let product = builder.product(state, builder.array(head.weight, named: "a"))
    var answer = builder.add("Add", product, builder.array(head.bias, named: "b"))
    if isSoftmax { answer = builder.add("Softmax", answer) }
    builder.output(ONNXGraph.Value("y", .float, [.named("batch"), .fixed(5)]), answer)
    // As PyTorch and Keras keep a GRU's biases: two of all gates.
    var graph = builder.finished()
    let own = layer.cell
    graph.arrays["second bias"] = ONNXArray(
      Tensor.concatenated([.zeros([8]), own.innerBias ?? .zeros([4])], along: 0)
    )
    let read = try ONNXImport(ONNXModel(graph), path: "model.onnx")
    #expect(read.outputFunction == (isSoftmax ? .softmax : .none))
    let input = numbers.tensor([3, 6, 3])
    let found = try #require(read.model)
    #expect(largestDistance(found(input).elements, model(input).elements) <= 1e-5)
  }

  @Test("A file that ends too early, or is none, is refused in one line")
  func damage() throws {
    let model = SequenceModel.lstm(inputSize: 2, hiddenSize: 2, classes: 2, seed: 1)
    let bytes = try ONNXExport(model).file(.sequence).bytes
    for length in stride(from: 0, to: bytes.count, by: 7) {
      do throws(FileError) {
        let file = try ONNXModel(bytes: Array(bytes[..<length]), path: "model.onnx")
        let read = try ONNXImport(file, path: "model.onnx").model
        // Words at the end may be gone; the numbers are all there.
        #expect(read?.safetensors.bytes == model.safetensors.bytes, "\(length)")
      } catch {
        #expect(error.file == "model.onnx" && !error.description.contains("\n"))
      }
    }
    let error = #expect(throws: FileError.self) {
      try ONNXModel(bytes: Array("no model".utf8), path: "model.onnx")
    }
    #expect(
      error?.description == "model.onnx: is no ONNX file, or is damaged; export it again"
    )
  }

  @Test("An array that claims more than it has is refused before anything is made of it")
  func hugeArray() throws {
    let model = SequenceModel.lstm(inputSize: 2, hiddenSize: 2, classes: 2, seed: 1)
    var message = try ONNXExport(model).file(.sequence).message
    message.graph.initializer[0].dims = [1 << 40, 1 << 40]
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(throws: FileError.self) { try ONNXModel(bytes: bytes, path: "model.onnx") }
  }
}

/// Which of the example models ONNX has operations for, with nothing else around.
private enum ExampleModelSupport {
  static func isRecognised(_ example: ExampleModel) -> Bool {
    let merges = ["sum", "mean", "product", "unlike"].map { "lstm-both-ways-\($0)" }
    return !merges.contains(example.name) && !example.name.contains("learned")
      && example.model.layers.allSatisfy { layer in
        !(layer is Residual) && !(layer is Sweep) && ONNXExport.support(of: layer) == .exact
      }
  }
}
