/// How well a model tells the classes of a data set.
public struct Evaluation: Sendable {
  /// The mean cross-entropy.
  public let cost: Double
  /// How often each class was read as each other.
  public let confusion: ConfusionMatrix
  /// The class told for each example, or for each step whose class is known, example by example.
  public let predictions: [Int]
  /// The true class of each.
  public let labels: [Int]
  /// The probabilities of the classes, `[example or step, class]`.
  public let probabilities: Tensor

  /// The share of examples read rightly.
  public var accuracy: Double { confusion.accuracy }

  /// The wrongly read examples, the most confident mistake first.
  ///
  /// - Precondition: The evaluation is one of this data set, whose examples have a class each.
  public func worstMistakes(of dataset: SequenceDataset, limit: Int) -> [Int] {
    let wrong = predictions.indices.filter { predictions[$0] != dataset.labels[$0] }
    let ranked = wrong.map { ($0, probabilities[$0, predictions[$0]]) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return ranked.prefix(limit).map(\.0)
  }
}

extension SequenceClassifier {
  /// Reads every example of `dataset` and compares with its class, or the classes of its steps.
  ///
  /// The result is the same for any number of threads.
  ///
  /// - Precondition: The data set is not empty, its answers are classes, and it has as many as the
  ///   model.
  public func evaluate(
    on dataset: SequenceDataset,
    threads: Int = TrainingOptions.availableThreads
  ) -> Evaluation {
    require(
      dataset.count > 0 && dataset.answersAreClasses,
      "cannot tell the classes of \(dataset.count == 0 ? "an empty data set" : dataset.text)"
    )
    let classes = dataset.classNames.count
    var logits = logits(for: dataset, threads: threads)
    let shape: Shape =
      dataset.answersEachStep
      ? [dataset.count, dataset.steps, classes] : [dataset.count, classes]
    require(
      logits.shape == shape,
      "evaluating needs logits of shape \(shape), got \(logits.shape)"
    )
    var labels = dataset.labels(at: 0..<dataset.count)
    if dataset.answersEachStep {
      let known = labels.indices.filter { labels[$0] >= 0 }
      logits = logits.reshaped(to: [labels.count, classes]).gathered(at: known)
      labels = known.map { labels[$0] }
    }
    let losses = softmaxCrossEntropy(logits: logits, labels: labels, reduction: .none)
    var predictions: [Int] = []
    var confusion = ConfusionMatrix(classNames: dataset.classNames)
    unsafe logits.withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      for (row, label) in labels.enumerated() {
        let choice = unsafe indexOfLargest(base + row * classes, count: classes)
        predictions.append(choice)
        confusion.add(true: label, predicted: choice)
      }
    }
    return Evaluation(
      cost: losses.elements.reduce(0.0) { $0 + Double($1) } / Double(labels.count),
      confusion: confusion,
      predictions: predictions,
      labels: labels,
      probabilities: softmax(logits)
    )
  }

  /// Returns the answers about every example of `dataset`, `[example, class]`, or `[example, time,
  /// class]` of a model that answers each step.
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
