import Synchronization

/// The answers of a model of classes about some examples after each of their steps.
public struct StepAnswers: Sendable {
  /// The logits, `[example, time, class]`, with zeros past an example's end.
  public let logits: Tensor
  /// The number of steps that were read of each example.
  public let stepCounts: [Int]
  /// The class of each example.
  public let labels: [Int]

  /// Creates answers from their parts; what the logits have past an example's end means nothing.
  ///
  /// - Precondition: There is at least one example, and for each a number of steps, from 1 to those of
  ///   the logits, and a class among theirs.
  public init(logits: Tensor, stepCounts: [Int], labels: [Int]) {
    require(
      logits.shape.rank == 3 && logits.shape[0] == labels.count && !labels.isEmpty
        && stepCounts.count == labels.count
        && stepCounts.allSatisfy { 1...max(logits.shape[1], 1) ~= $0 }
        && labels.allSatisfy { 0..<logits.shape[2] ~= $0 },
      "StepAnswers need logits [example, time, class] with steps and a class each, got \(logits.shape)"
    )
    self.logits = logits.detached.cleared(past: stepCounts)
    self.stepCounts = stepCounts
    self.labels = labels
  }

  /// The number of steps of the longest example.
  public var steps: Int { stepCounts.max() ?? 0 }

  /// Whether probabilities can be made of them: no logit is NaN, infinite or beyond ±10³⁰.
  public var areFinite: Bool { logits.isCalibratable }

  /// The answers about every other example of each class: the first, the third and so on; and the rest.
  ///
  /// One half can then be calibrated by the other, where there is nothing else to calibrate by. The
  /// second is nil where every class has one example at most.
  public var halves: (first: StepAnswers, second: StepAnswers?) {
    var seen = [Int](repeating: 0, count: logits.shape[2])
    var parts: [[Int]] = [[], []]
    for (index, label) in labels.enumerated() {
      parts[seen[label] % 2].append(index)
      seen[label] += 1
    }
    return (examples(at: parts[0]), parts[1].isEmpty ? nil : examples(at: parts[1]))
  }

  private func examples(at indices: [Int]) -> StepAnswers {
    StepAnswers(
      logits: logits.gathered(at: indices),
      stepCounts: indices.map { stepCounts[$0] },
      labels: indices.map { labels[$0] }
    )
  }
}

extension SequenceModel {
  /// Returns the answers that the model would give about examples of `dataset` after each of their
  /// steps.
  ///
  /// They are those of `answersAfterEachStep(to:lengths:)`, the same for any number of threads.
  ///
  /// - Precondition: Each example has a class, of as many as the model tells; there is at least one
  ///   example, and they are in the data set, which the model can read.
  public func answersAfterEachStep(
    in dataset: SequenceDataset,
    at indices: some Collection<Int>,
    threads: Int = TrainingOptions.availableThreads
  ) -> StepAnswers {
    let all = Array(indices)
    require(
      !all.isEmpty && dataset.answersAreClasses && !dataset.answersEachStep
        && dataset.classNames.count == head.outputSize,
      "a model of \(head.outputSize) classes has no answers about \(dataset.text)"
    )
    let ranges = (0..<all.count).split(by: 32)
    let parts = Guarded([Tensor](repeating: .zeros([0]), count: ranges.count))
    WorkerPool(threads: threads).forEach(ranges.count) { [self] part, _ in
      let examples = Array(all[ranges[part]])
      let lengths = dataset.lengths.map { lengths in examples.map { lengths[$0] } }
      let answers = answersAfterEachStep(to: dataset.tensor(at: examples), lengths: lengths)
      parts.withLock { $0[part] = answers }
    }
    let logits = Tensor.concatenated(parts.withLock(\.self), along: 0)
    return StepAnswers(
      logits: logits,
      stepCounts: all.map { reading == .rows ? dataset.length(ofExample: $0) : logits.shape[1] },
      labels: dataset.labels(at: all)
    )
  }
}
