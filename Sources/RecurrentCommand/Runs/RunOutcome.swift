import Recurrent

/// How a model did on examples that it did not learn from.
struct RunOutcome {
  let task: LearningTask
  let result: RunRecord.TestResult
  /// The classes told; nil where something else is answered.
  let evaluation: Evaluation?
  /// The answers compared with what was to be answered, where no classes of sequences are told.
  let comparison: AnswerComparison?

  /// Judges a model.
  init(of model: SequenceModel, _ task: LearningTask, on examples: SequenceDataset, threads: Int) {
    self.task = task
    switch task {
    case .classify:
      let evaluation = model.evaluate(on: examples, threads: threads)
      self.evaluation = evaluation
      comparison = nil
      result = RunRecord.TestResult(
        accuracy: evaluation.accuracy,
        cost: evaluation.cost,
        count: evaluation.confusion.total
      )
    case .languageModel:
      let comparison = model.compare(with: examples, threads: threads)
      evaluation = nil
      self.comparison = comparison
      result = RunRecord.TestResult(
        accuracy: comparison.accuracy,
        cost: comparison.cost,
        count: comparison.count
      )
    }
  }

  /// Prints it under a heading such as "Test".
  func print(heading: String) {
    if let evaluation { print(evaluation, heading) }
    if let comparison { print(comparison, heading) }
  }

  private func print(_ evaluation: Evaluation, _ heading: String) {
    let confusion = evaluation.confusion
    Swift.print(
      """
      \(heading) accuracy: \(percent(evaluation.accuracy)) of \(confusion.total) examples, \
      cost \(decimals(evaluation.cost, 4))
      """
    )
    let worst = confusion.confusions.prefix(3).map { item in
      "\(confusion.classNames[item.truth]) read as \(confusion.classNames[item.predicted]) (\(item.count))"
    }
    if !worst.isEmpty { Swift.print("Worst confusions: \(worst.joined(separator: ", "))") }
  }

  private func print(_ comparison: AnswerComparison, _ heading: String) {
    Swift.print(
      """
      \(heading): \(decimals(comparison.cost, 4)) nats or \(decimals(comparison.bits, 4)) bits a \
      token, perplexity \(decimals(comparison.perplexity, 3)), \(percent(comparison.accuracy)) of \
      \(comparison.count) tokens told rightly
      """
    )
  }
}
