import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// Losses of single elements: squared, absolute and Huber's error, binary cross-entropy.
struct ElementLossTests {
  /// A loss, in the library and for one pair of numbers in double precision.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let loss: @Sendable (Tensor, Tensor, Reduction) -> Tensor
    let plain: @Sendable (Double, Double) -> Double
    /// Whether the second argument has a gradient.
    var isSymmetric = true
  }

  static let cases = [
    Case(
      testDescription: "squared",
      loss: { meanSquaredError($0, $1, reduction: $2) },
      plain: { ($0 - $1) * ($0 - $1) }
    ),
    Case(
      testDescription: "absolute",
      loss: { meanAbsoluteError($0, $1, reduction: $2) },
      plain: { abs($0 - $1) }
    ),
    Case(
      testDescription: "Huber",
      loss: { huberLoss($0, $1, delta: 0.75, reduction: $2) },
      plain: {
        let d = abs($0 - $1)
        return d <= 0.75 ? d * d / 2 : 0.75 * (d - 0.375)
      }
    ),
    Case(
      testDescription: "binary",
      loss: { binaryCrossEntropy(logits: $0, targets: $1, reduction: $2) },
      plain: { x, t in max(x, 0) - x * t + log1p(exp(-abs(x))) },
      isSymmetric: false
    ),
  ]

  @Test(arguments: cases, [[1], [7], [3, 5], [2, 3, 4]] as [Shape])
  func `losses follow their equations and reductions`(testCase: Case, shape: Shape) {
    var numbers = SeededNumbers(23)
    let first = numbers.tensor(shape, in: -2...2)
    let second = numbers.tensor(shape, in: 0...1)
    for reduction in Reduction.allCases {
      let inputs = testCase.isSymmetric ? [first, second] : [first]
      expect(
        { testCase.loss($0[0], testCase.isSymmetric ? $0[1] : second, reduction) },
        at: inputs,
        shape: reduction == .none ? shape : []
      ) { point in
        let other = testCase.isSymmetric ? point[1] : second.elements.map(Double.init)
        let losses = zip(point[0], other).map(testCase.plain)
        let sum = losses.reduce(0, +)
        switch reduction {
        case .none: return losses
        case .sum: return [sum]
        case .mean: return [sum / Double(losses.count)]
        }
      }
    }
  }

  @Test func `where prediction and target are equal, absolute errors have no slope`() {
    let x = Tensor([1, 2])
    for loss in [{ meanAbsoluteError($0, x) }, { huberLoss($0, x) }] as [(Tensor) -> Tensor] {
      #expect(valueWithGradient(at: x, in: loss).gradient.tensors[0] == .zeros([2]))
    }
  }

  @Test func `huge logits of yes and no do not overflow`() {
    let logits = Tensor([1e30, -1e30, 0])
    let (loss, gradient) = valueWithGradient(at: logits) {
      binaryCrossEntropy(logits: $0, targets: Tensor([1, 0, 0.5]), reduction: .sum)
    }
    #expect(abs(loss.scalar - 0.6931472) < 1e-6)
    #expect(gradient.tensors[0] == .zeros([3]))
  }
}
