import RecurrentTestSupport
import Testing

@testable import Recurrent

struct DescribedModelFileTests {
  /// Layers of every cell, alone, in both directions and with the input added.
  private func models(of cell: FusedCase) -> [SequenceModel] {
    func build<Built: BuiltInCell>(_ cell: Built) -> [SequenceModel] {
      var layer = CellLayer(cell)
      layer.regularization = Regularization(recurrentDropout: 0.25, hiddenZoneout: 0.1)
      layer.learnInitialState()
      var reversed = CellLayer(cell)
      reversed.isReversed = true
      var stacks: [[any RecurrentLayer]] = [[layer], [reversed]]
      for merge in Merge.allCases {
        stacks.append([
          Bidirectional(forward: CellLayer(cell), backward: CellLayer(cell), merge: merge)
        ])
      }
      if layer.inputSize == layer.outputSize { stacks.append([Residual(layer)]) }
      return stacks.map { layers in
        var stream = RandomStream(seed: 5, purpose: .testing)
        return SequenceModel(
          layers: layers,
          summary: .meanOutput,
          headDropout: 0.5,
          head: Dense(inputSize: layers[0].outputSize, outputSize: 3, using: &stream)
        )
      }
    }
    return build(cell.make(7, 7, 4))
  }

  @Test(arguments: FusedCase.all)
  func `a model comes back from its file, bit for bit`(cell: FusedCase) throws {
    var numbers = SeededNumbers(6)
    let input = numbers.tensor([4, 5, 7])
    let pass = SequencePass(lengths: [5, 2, 3, 1])
    for model in models(of: cell) {
      let file = model.safetensors
      let back = try SequenceModel(SafetensorsFile(bytes: file.bytes, path: "model"))
      #expect(back.parameters.map(\.name) == model.parameters.map(\.name))
      #expect(back.safetensors.bytes == file.bytes)
      #expect(
        haveSameBits(model.logits(input, in: pass).elements, back.logits(input, in: pass).elements)
      )
    }
  }

  @Test func `descriptions that cannot be are refused in a line`() throws {
    let model = try #require(models(of: FusedCase.all[2]).first)
    let good = model.safetensors
    let text = try #require(good.metadata["layers"])
    for (from, to) in [
      ("\"hiddenSize\":7", "\"hiddenSize\":0"), ("\"hiddenSize\":7", "\"hiddenSize\":9"),
      ("\"kind\":\"lstm\"", "\"kind\":\"what\""),
      ("\"hiddenSize\":7", "\"hiddenSize\":65536"), ("\"inputSize\":7", "\"inputSize\":65536"),
      ("\"recurrentDropout\":0.25", "\"recurrentDropout\":1.5"),
    ] {
      var file = good
      #expect(text.contains(from))
      file.metadata["layers"] = text.replacing(from, with: to)
      #expect(throws: FileError.self) { try SequenceModel(file) }
    }
  }
}
