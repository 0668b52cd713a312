/// How well a model reads a data set.
public struct Evaluation: Sendable {
  /// The mean cross-entropy.
  public let cost: Double
  /// How often each class was read as each other.
  public let confusion: ConfusionMatrix
  /// The class read for each example.
  public let predictions: [Int]
  /// The classes' probabilities for each example, `[example, class]`.
  public let probabilities: Tensor

  /// The share of examples read rightly.
  public var accuracy: Double { confusion.accuracy }

  /// The wrongly read examples, the most confident mistake first.
  public func worstMistakes(of dataset: SequenceDataset, limit: Int) -> [Int] {
    let wrong = predictions.indices.filter { predictions[$0] != dataset.labels[$0] }
    let ranked = wrong.map { ($0, probabilities[$0, predictions[$0]]) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return ranked.prefix(limit).map(\.0)
  }
}

extension SequenceClassifier {
  /// Reads every example of `dataset` and compares with its label.
  ///
  /// The result is the same for any number of threads.
  ///
  /// - Precondition: The data set is not empty and has as many classes as the model.
  public func evaluate(
    on dataset: SequenceDataset,
    threads: Int = TrainingOptions.availableThreads
  ) -> Evaluation {
    require(dataset.count > 0, "cannot evaluate a model on an empty data set")
    let classes = dataset.classNames.count
    let logits = logits(for: dataset, threads: threads)
    require(
      logits.shape == [dataset.count, classes],
      "evaluating needs logits of shape [\(dataset.count), \(classes)], got \(logits.shape)"
    )
    let losses = softmaxCrossEntropy(logits: logits, labels: dataset.labels, reduction: .none)
    var predictions: [Int] = []
    var confusion = ConfusionMatrix(classNames: dataset.classNames)
    unsafe logits.withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      for (row, label) in dataset.labels.enumerated() {
        let choice = unsafe indexOfLargest(base + row * classes, count: classes)
        predictions.append(choice)
        confusion.add(true: label, predicted: choice)
      }
    }
    return Evaluation(
      cost: losses.elements.reduce(0.0) { $0 + Double($1) } / Double(dataset.count),
      confusion: confusion,
      predictions: predictions,
      probabilities: softmax(logits)
    )
  }

  /// Returns the logits of every example of `dataset`, `[example, class]`.
  public func logits(
    for dataset: SequenceDataset,
    threads: Int = TrainingOptions.availableThreads
  ) -> Tensor {
    let predictor = (self as? SequenceModel).flatMap { Predictor($0, threads: threads) }
    if let predictor { return predictor.logits(for: dataset) }
    let parts = (0..<dataset.count).split(by: 64).map { range in
      let pass = SequencePass(lengths: dataset.lengths.map { Array($0[range]) })
      return self.logits(dataset.tensor(at: range), in: pass)
    }
    return .concatenated(parts, along: 0)
  }
}

extension Range<Int> {
  /// Consecutive ranges of `size`, the last one shorter.
  func split(by size: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: size).map { $0..<Swift.min($0 + size, upperBound) }
  }
}
