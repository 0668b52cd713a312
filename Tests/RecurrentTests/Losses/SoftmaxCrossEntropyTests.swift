import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct SoftmaxCrossEntropyTests {
  @Test(
    arguments: [[1, 2], [4, 1], [3, 5], [5, 16], [2, 17], [7, 40], [2, 3, 4]] as [Shape]
  )
  func `the loss is the mean of the labels' surprises`(shape: Shape) {
    var numbers = SeededNumbers(20)
    let classes = shape[shape.rank - 1]
    let logits = numbers.tensor(shape, in: -3...3)
    let labels = numbers.integers(shape.count / classes, in: 0...classes - 1)
    expect(
      { softmaxCrossEntropy(logits: $0[0], labels: labels) * 3 },
      at: [logits],
      shape: []
    ) { point in
      [
        3
          * Reference.softmaxCrossEntropy(
            logits: Reference.rows(point[0], of: classes),
            labels: labels
          )
      ]
    }
  }

  /// Losses by the equations, row by row, with a weight for every class.
  private func losses(_ logits: [Double], classes: Int, targets: [[Double]]) -> [Double] {
    zip(Reference.softmax(Reference.rows(logits, of: classes)), targets).map { row, targets in
      var loss = 0.0
      for (probability, target) in zip(row, targets) { loss -= target * log(probability) }
      return loss
    }
  }

  @Test(arguments: Reduction.allCases, [0, 0.25] as [Float])
  func `smoothing, class weights and ignored rows go together`(
    reduction: Reduction,
    smoothing: Float
  ) {
    var numbers = SeededNumbers(24)
    let logits = numbers.tensor([2, 3, 4], in: -2...2)
    let labels = [0, 3, -7, 1, 2, 2]
    for weights in [nil, [0.5, 1, 2, 4]] as [[Float]?] {
      let factors = (weights ?? [1, 1, 1, 1]).map(Double.init)
      let targets = labels.map { label in
        (0..<4).map { k -> Double in
          guard label >= 0 else { return 0 }
          let own = k == label ? 1 - Double(smoothing) : 0
          return factors[k] * (own + Double(smoothing) / 4)
        }
      }
      let count = labels.reduce(0) { $1 < 0 ? $0 : $0 + factors[$1] }
      expect(
        {
          softmaxCrossEntropy(
            logits: $0[0],
            labels: labels,
            labelSmoothing: smoothing,
            classWeights: weights,
            ignoredLabel: -7,
            reduction: reduction
          )
        },
        at: [logits],
        shape: reduction == .none ? [2, 3] : []
      ) { point in
        let rows = losses(point[0], classes: 4, targets: targets)
        switch reduction {
        case .none: return rows
        case .sum: return [rows.reduce(0, +)]
        case .mean: return [rows.reduce(0, +) / count]
        }
      }
    }
  }

  @Test(arguments: Reduction.allCases)
  func `targets may be distributions`(reduction: Reduction) {
    var numbers = SeededNumbers(25)
    let logits = numbers.tensor([5, 3], in: -2...2)
    let targets = numbers.tensor([5, 3], in: 0...1)
    expect(
      { softmaxCrossEntropy(logits: $0[0], targets: targets, reduction: reduction) },
      at: [logits],
      shape: reduction == .none ? [5] : []
    ) { point in
      let wanted = Reference.rows(targets.elements.map(Double.init), of: 3)
      let rows = losses(point[0], classes: 3, targets: wanted)
      switch reduction {
      case .none: return rows
      case .sum: return [rows.reduce(0, +)]
      case .mean: return [rows.reduce(0, +) / 5]
      }
    }
  }

  @Test(arguments: [[1, 2], [3, 5], [2, 17], [6], [2, 3, 4]] as [Shape])
  func `probabilities are powers over their sum`(shape: Shape) {
    var numbers = SeededNumbers(21)
    let classes = shape[shape.rank - 1]
    expect({ softmax($0[0]) }, at: [numbers.tensor(shape, in: -3...3)], shape: shape) { point in
      Reference.softmax(Reference.rows(point[0], of: classes)).flatMap(\.self)
    }
  }

  @Test func `huge logits do not overflow`() {
    let logits = Tensor([1e30, 0, -1e30, -1e4, 1e4, 1e4], shape: [2, 3])
    let (loss, gradient) = valueWithGradient(at: logits) {
      softmaxCrossEntropy(logits: $0, labels: [0, 1])
    }
    // The first row costs nothing; the second has two equal logits: log 2, and half of it on
    // average. Exact to the rounding of one logarithm.
    #expect(abs(loss.scalar - 0.34657359) < 1e-6)
    #expect(gradient.tensors[0].elements == [0, 0, 0, 0, -0.25, 0.25])
    #expect(softmax(logits).elements == [1, 0, 0, 0, 0.5, 0.5])
  }

  @Test func `a logit that is no number gives a loss that is no number`() {
    let logits = Tensor([0, .nan, 0], shape: [1, 3])
    for label in 0..<3 {
      #expect(softmaxCrossEntropy(logits: logits, labels: [label]).scalar.isNaN)
    }
  }

  @Test func `a label outside the classes traps`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = softmaxCrossEntropy(logits: .zeros([2, 3]), labels: [0, 3])
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("softmaxCrossEntropy has a label outside 0..<3")
    )
  }
}
