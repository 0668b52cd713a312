@testable import Recurrent

/// Labels and probabilities that Tests/ReferenceScripts/make_measure_references.py makes, too.
struct MeasureCase {
  let labels: [Int]
  /// `[example, class]`.
  let probabilities: [Float]
  let classes: Int

  init(count: Int, classes: Int) {
    func hashed(_ number: Int) -> Int { ((number * 2_654_435_761) % (1 << 32)) >> 16 }
    let labels = (0..<count).map { min(hashed($0) % (classes + 2), classes - 1) }
    probabilities = (0..<count).flatMap { example in
      let weights = (0..<classes).map { label in
        1 + hashed(example * classes + label + 1000) % 9 + (label == labels[example] ? 4 : 0)
      }
      let sum = weights.reduce(0, +)
      return weights.map { Float($0) / Float(sum) }
    }
    self.labels = labels
    self.classes = classes
  }

  var confusion: ConfusionMatrix {
    var matrix = ConfusionMatrix(classNames: (0..<classes).map { "\($0)" })
    for (label, predicted) in zip(labels, predictions) {
      matrix.add(true: label, predicted: predicted)
    }
    return matrix
  }

  var predictions: [Int] {
    labels.indices.map { example in
      let row = Array(probabilities[example * classes..<(example + 1) * classes])
      return row.firstIndex(of: row.max() ?? 0) ?? 0
    }
  }

  var evaluation: Evaluation {
    Evaluation(
      cost: 0,
      confusion: confusion,
      predictions: predictions,
      labels: labels,
      probabilities: Tensor(probabilities, shape: [labels.count, classes])
    )
  }
}
