import Recurrent
import RecurrentData

/// How a model did on examples that it did not learn from.
struct RunOutcome {
  let task: LearningTask
  let result: RunRecord.TestResult
  /// The classes told; nil where something else is answered.
  let evaluation: Evaluation?
  /// The answers compared with what was to be answered, where no classes of sequences are told.
  let comparison: AnswerComparison?
  /// The forecasts compared with what came; nil where nothing is forecast.
  let forecast: ForecastComparison?
  /// Whether numbers that are answered are in standard deviations of training.
  let isScaled: Bool

  /// Judges a model on examples that are some of `data`.
  init(
    of model: SequenceModel,
    _ task: LearningTask,
    on examples: SequenceDataset,
    of data: RunData,
    threads: Int
  ) throws {
    self.task = task
    isScaled = data.preparation != nil
    guard task != .classify else {
      let evaluation = model.evaluate(on: examples, threads: threads)
      self.evaluation = evaluation
      (comparison, forecast) = (nil, nil)
      result = RunRecord.TestResult(
        accuracy: evaluation.accuracy,
        cost: evaluation.cost,
        count: evaluation.confusion.total
      )
      return
    }
    let comparison = model.compare(with: examples, threads: threads)
    evaluation = nil
    self.comparison = comparison
    forecast = try data.forecast.flatMap { trial in
      guard case .forecast(let preparation, _) = data.preparation else { return nil }
      return try trial.comparison(of: model, preparation)
    }
    result = RunRecord.TestResult(
      accuracy: task.hasAccuracy ? comparison.accuracy : nil,
      cost: comparison.cost,
      count: comparison.count
    )
  }

  /// Prints it under a heading such as "Test".
  func print(heading: String) {
    for line in lines(heading: heading) { Swift.print(line) }
  }

  /// What is told of it under a heading, a line each.
  func lines(heading: String) -> [String] {
    if let evaluation { return lines(evaluation, heading) }
    if let forecast {
      let times = "\(forecast.horizon) time\(forecast.horizon == 1 ? "" : "s")"
      let variables =
        forecast.targets.count == 1 ? "" : " of \(forecast.targets.count) variables"
      return [
        "\(heading): \(times)\(variables) forecast from each of \(forecast.origins), running freely"
      ]
    }
    guard let comparison else { return [] }
    switch task {
    case .label:
      return [
        """
        \(heading) accuracy: \(percent(comparison.accuracy)) of \(comparison.count) steps, cost \
        \(decimals(comparison.cost, 4))
        """
      ]
    case .regress:
      return [
        """
        \(heading): cost \(decimals(comparison.cost, isScaled ? 4 : 6)), the mean squared error\
        \(isScaled ? " in standard deviations of training," : "") of \(comparison.count) numbers
        """
      ]
    case .classify, .forecast, .languageModel: break
    }
    return [
      """
      \(heading): \(decimals(comparison.cost, 4)) nats or \(decimals(comparison.bits, 4)) bits a \
      token, perplexity \(decimals(comparison.perplexity, 3)), \(percent(comparison.accuracy)) of \
      \(comparison.count) tokens told rightly
      """
    ]
  }

  private func lines(_ evaluation: Evaluation, _ heading: String) -> [String] {
    let confusion = evaluation.confusion
    let worst = confusion.confusions.prefix(3).map { item in
      "\(confusion.classNames[item.truth]) read as \(confusion.classNames[item.predicted]) (\(item.count))"
    }
    return [
      """
      \(heading) accuracy: \(percent(evaluation.accuracy)) of \(confusion.total) examples, \
      cost \(decimals(evaluation.cost, 4))
      """
    ] + (worst.isEmpty ? [] : ["Worst confusions: \(worst.joined(separator: ", "))"])
  }
}
