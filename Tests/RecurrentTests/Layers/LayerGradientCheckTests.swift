import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Every cell and option in both directions, with and without unequal lengths and masks: the tape in
/// double precision against central differences, and the fused operation against the tape.
struct LayerGradientCheckTests {
  /// In which directions a layer reads.
  enum Direction: CaseIterable { case forward, backward, both }

  /// A small use of a layer.
  struct Use: Sendable, CustomTestStringConvertible {
    var direction: Direction
    var hasLengths: Bool
    var isMasked: Bool
    var testDescription: String {
      "\(direction)\(hasLengths ? ", unequal lengths" : "")\(isMasked ? ", masked" : "")"
    }

    static let all: [Use] = Direction.allCases.flatMap { direction in
      [false, true].flatMap { hasLengths in
        [false, true].map { Use(direction: direction, hasLengths: hasLengths, isMasked: $0) }
      }
    }
  }

  private func layer(_ cell: FusedCase, _ use: Use) -> any RecurrentLayer {
    func build<Built: BuiltInCell>(_ cell: Built) -> any RecurrentLayer {
      var layer = CellLayer(cell)
      // Not zero, where normalised sums change by a thousand times what the state does.
      var numbers = SeededNumbers(41)
      layer.learnedState = Built.State(
        tensors: cell.zeroState(batch: 1).tensors.map { numbers.tensor($0.shape, in: 0.2...0.8) }
      )
      if use.isMasked {
        layer.regularization = Regularization(
          inputDropout: 0.3,
          recurrentDropout: 0.4,
          dropConnect: 0.2,
          hiddenZoneout: 0.3,
          cellZoneout: cell is LSTMCell ? 0.25 : 0
        )
      }
      layer.isReversed = use.direction == .backward
      guard use.direction == .both else { return layer }
      return Bidirectional(forward: layer, backward: layer)
    }
    return build(cell.make(2, 3, 17))
  }

  @Test(arguments: FusedCase.all, Use.all)
  func `gradients are right`(cell: FusedCase, use: Use) {
    var numbers = SeededNumbers(23)
    let input = numbers.tensor([3, 4, 2], in: -1.5...1.5)
    let pass = SequencePass(
      lengths: use.hasLengths ? [2, 4, 1] : nil,
      masks: use.isMasked ? MaskStreams(seed: 2, step: 7, examples: [4, 0, 9]) : nil
    )
    let layer = layer(cell, use)
    let weights = numbers.tensor([3, 4, layer.outputSize])
    let finalWeights = numbers.tensor([3, layer.outputSize])
    var stream = RandomStream(seed: 1, purpose: .testing)
    // A model, so that the layer's parameters have a list; its head takes no part.
    let model = SequenceModel(
      layers: [layer],
      head: Dense(inputSize: layer.outputSize, outputSize: 1, using: &stream)
    )
    // Where sums lie close to each other, normalisation divides rounding errors by a small number.
    let tolerance = cell.isNormalized ? 3e-5 : 1e-5
    let report = checkGradients(of: model, singleTolerance: tolerance, samples: 8) { model in
      let output = model.layers[0].run(input, in: pass)
      return (output.outputs * weights).sum() + (output.final * finalWeights).sum()
    }
    #expect(report.passes, "\(report)")
  }
}
