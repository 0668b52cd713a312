import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

/// Graphs that PyTorch exported, and what PyTorch and ONNX Runtime compute with them.
@Suite(
  "ONNX goldens",
  .enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason))
)
struct ONNXGoldenTests {
  @Test(
    "Layers that PyTorch exported give what PyTorch gives",
    arguments: Golden.all(kind: "D: small untrained ONNX graph")
  )
  func layers(_ golden: Golden) throws {
    let path = "\(golden.folder)/\(try #require(golden.value("onnx", "file") as? String))"
    let file = try ONNXModel(contentsOf: path)
    let tolerance = Float(try golden.double("tolerance", "abs"))

    // The graph as it is, with the states it is given.
    var inputs: [String: ONNXArray] = [:]
    for input in file.graph.requiredInputs {
      inputs[input.name] = ONNXArray(try golden.file.tensor(named: input.name))
    }
    let outputs = try ONNXEvaluation.run(file, inputs)
    for output in file.graph.outputs {
      let found = try #require(outputs[output.name]?.floats)
      let wanted = try golden.file.tensor(named: output.name)
      #expect(largestDistance(found, wanted.elements) <= tolerance, "\(output.name)")
    }

    // The layers found in it, from states of zeros, against the graph from the same.
    for (name, value) in inputs where name != "x" {
      inputs[name] = ONNXArray([Float](repeating: 0, count: value.count), shape: value.shape)
    }
    let zeros = try #require(try ONNXEvaluation.run(file, inputs)["output"]?.tensor)
    let read = try ONNXImport(file, path: path)
    #expect(read.head == nil && read.model == nil)
    let x = try golden.file.tensor(named: "x")
    let isBatchFirst = zeros.shape[0] == x.shape[0] && golden.name.contains("_bf")
    var sequence = isBatchFirst ? x : x.exchangingFirstAxes
    for layer in read.layers { sequence = layer.outputs(sequence) }
    let found = isBatchFirst ? sequence : sequence.exchangingFirstAxes
    #expect(largestDistance(found.elements, zeros.elements) <= tolerance)
  }

  @Test(
    "A classifier that PyTorch trained and exported answers as it did",
    arguments: Golden.all(kind: "D: PyTorch-trained row-MNIST classifier")
  )
  func classifier(_ golden: Golden) async throws {
    let name = try #require(golden.value("onnx", "file") as? String)
    try await compare("\(golden.folder)/\(name)", with: golden)
  }

  @Test(
    "PyTorch's newer exporter, which leaves the gates' reordering in the graph, is understood",
    arguments: Golden.all(kind: "D: d_torch_lstm through torch.onnx.export(dynamo=True")
  )
  func newerExporter(_ golden: Golden) throws {
    let name = try #require(golden.value("file") as? String)
    let trained = Golden.all(kind: "D: PyTorch-trained row-MNIST classifier")
    let original = try #require(trained.first { name.hasPrefix($0.name.dropLast(3)) })
    let weights = try #require(original.value("weights", "file") as? String)
    let model = try ImportedModel(contentsOf: "\(golden.folder)/\(name)").model
    let wanted = try SequenceModel(contentsOf: "\(golden.folder)/\(weights)")
    #expect(model.safetensors.bytes == wanted.safetensors.bytes)
  }

  private func compare(_ path: String, with golden: Golden) async throws {
    let images = try await MNIST(.mnist).load(folder: SharedFolder.path("data/mnist")).test
    let model = try ImportedModel(contentsOf: path).model
    let wanted = try golden.file.tensor(named: "logits_test_256")
    let evaluation = model.evaluate(on: images, threads: 2)
    #expect(evaluation.predictions == (try golden.integers(named: "pred_test_all")))
    let right = evaluation.accuracy * Double(images.count)
    #expect(
      right.rounded() == (try golden.double("test_accuracy") * Double(images.count)).rounded()
    )
    let logits = model(images.tensor(at: 0..<wanted.shape[0]))
    let tolerance = Float(try golden.double("tolerance", "logits_abs"))
    #expect(largestDistance(logits.elements, wanted.elements) <= tolerance)
  }
}

extension Tensor {
  fileprivate var exchangingFirstAxes: Tensor {
    let (a, b, rest) = (shape[0], shape[1], shape[2])
    let order = (0..<b).flatMap { second in (0..<a).map { $0 * b + second } }
    return reshaped(to: [a * b, rest]).gathered(at: order).reshaped(to: [b, a, rest])
  }
}
