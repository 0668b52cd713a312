import Recurrent
import RecurrentTestSupport
import Testing

/// PyTorch's layers by way of a file of their arrays: what is inferred of the names is the same layer.
@Suite(
  "Files of PyTorch's layers",
  .enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason))
)
struct LayerFileGoldenTests {
  /// Cases that begin from zeros, as a model does.
  static let cases = LayerGoldenTests.cases.filter { $0.golden.file.entries["h_0"] == nil }

  @Test("There are cases of every kind, both ways and projected")
  func thereAreCases() {
    #expect(Set(Self.cases.map(\.kind)) == ["rnn_tanh", "rnn_relu", "lstm", "gru"])
    for word in ["proj", "bi_", "varlen", "nobias", "l3"] {
      #expect(Self.cases.contains { $0.golden.name.contains(word) }, "\(word)")
    }
  }

  @Test("Every step's output agrees", arguments: cases)
  func outputs(layer: LayerGoldenTests.LayerCase) throws {
    let golden = layer.golden.file
    var file = SafetensorsFile()
    for name in layer.inputNames where name.hasPrefix("weight_") || name.hasPrefix("bias_") {
      file.add(try golden.tensor(named: name), named: "encoder.\(name)")
    }
    let want = try golden.tensor(named: "output")
    // A head that changes nothing.
    let size = want.shape[want.shape.rank - 1]
    let identity = (0..<size * size).map { Float($0 % (size + 1) == 0 ? 1 : 0) }
    file.add(Tensor(identity, shape: [size, size]), named: "decoder.weight")
    let options = ImportOptions(
      activation: layer.kind == "rnn_relu" ? .relu : .tanh,
      summary: .allOutputs
    )
    let model = try SequenceModel(SafetensorsFile(bytes: file.bytes, path: "m"), options: options)
    #expect(model.layers.count == layer.layers)
    var x = try golden.tensor(named: "x")
    if !layer.isBatched {
      x = x.reshaped(to: Shape([1] + x.shape.dimensions))
    } else if !layer.isBatchFirst {
      x = layer.exchangingFirstAxes(x)
    }
    let got = model.logits(x, in: SequencePass(lengths: layer.lengths))
    let same = layer.isBatched && !layer.isBatchFirst ? layer.exchangingFirstAxes(got) : got
    let bound = try Float(layer.golden.double("tolerance", "forward_abs"))
    #expect(largestDistance(same.elements, want.elements) <= bound)
  }
}
