import RecurrentTestSupport
import Testing

@testable import Recurrent

struct PaddingTests {
  /// A layer whose steps are computed one by one, although its cell has a fused form.
  private struct Unrolled: RecurrentLayer {
    var layer: LSTM
    var inputSize: Int { layer.inputSize }
    var outputSize: Int { layer.outputSize }

    func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
      let (outputs, state) = layer.apply(input, state: nil, in: pass, direction: 0) { state, _ in
        state
      }
      return LayerOutput(outputs: outputs, final: state.hidden)
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try layer.visitParameters(visit)
    }
  }

  private static let lengths = [2, 4, 1, 3]

  private static let layers: [(name: String, layer: any RecurrentLayer)] = {
    var stream = RandomStream(seed: 11, purpose: .testing)
    let lstm = LSTM(inputSize: 4, hiddenSize: 4, using: &stream)
    let narrow = GRU(inputSize: 2, hiddenSize: 2, using: &stream)
    var reversed = lstm
    reversed.isReversed = true
    return [
      ("fused", lstm), ("unrolled", Unrolled(layer: lstm)),
      ("unrolled from the end", Unrolled(layer: reversed)),
      ("bidirectional", Bidirectional(forward: lstm, backward: lstm, merge: .mean)),
      ("residual", Residual(lstm)), ("across", Sweep(narrow, .across, places: 2)),
      ("down", Sweep(narrow, .down, places: 2)), ("recurrence", Recurrence(lstm.cell)),
    ]
  }()

  private static func results(
    of layer: any RecurrentLayer,
    _ padding: Float
  ) -> [(name: String, value: Tensor)] {
    var numbers = SeededNumbers(12)
    var input = numbers.tensor([4, 4, 4])
    for (row, length) in lengths.enumerated() {
      for step in length..<4 { for feature in 0..<4 { input[row, step, feature] = padding } }
    }
    let weights = (numbers.tensor([4, 4, 4]), numbers.tensor([4, 4]))
    func run(_ layer: some RecurrentLayer) -> [(name: String, value: Tensor)] {
      var kept: [Tensor] = []
      let (_, gradient) = valueWithGradient(at: layer) { layer in
        let output = layer.run(input, in: SequencePass(lengths: lengths))
        kept = [output.outputs.detached, output.final.detached]
        return (output.outputs * weights.0).sum() + (output.final * weights.1).sum()
      }
      return [("outputs", kept[0]), ("final", kept[1])]
        + zip(gradient.names, gradient.tensors).map { (name: $0, value: $1) }
    }
    return run(layer)
  }

  @Test(arguments: [Float.nan, .infinity, 1e30])
  func `what stands past a row's end changes no output and no gradient`(padding: Float) {
    for (name, layer) in Self.layers {
      let (got, want) = (Self.results(of: layer, padding), Self.results(of: layer, 0))
      for (a, b) in zip(got, want) {
        #expect(haveSameBits(a.value.elements, b.value.elements), "\(name): \(a.name)")
      }
      #expect(want.allSatisfy { $0.value.elements.allSatisfy(\.isFinite) })
    }
  }
}
