import Foundation
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
  /// The numbers told about series compared with what was to be told.
  let numbers: NumberOutcome?
  /// The forecasts compared with what came.
  let forecast: ForecastOutcome?

  /// Judges a model on examples that are some of `data`.
  init(
    of model: SequenceModel,
    _ task: LearningTask,
    on examples: SequenceDataset,
    of data: RunData,
    threads: Int
  ) throws {
    self.task = task
    guard task != .classify else {
      let evaluation = model.evaluate(on: examples, threads: threads)
      self.evaluation = evaluation
      (comparison, numbers, forecast) = (nil, nil, nil)
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
    numbers =
      task == .regress
      ? NumberOutcome(of: model, on: examples, data.preparation?.series, threads: threads) : nil
    forecast = try data.forecast.flatMap { trial in
      guard case .forecast(let preparation, _) = data.preparation else { return nil }
      return ForecastOutcome(try trial.comparison(of: model, preparation), preparation)
    }
    result = RunRecord.TestResult(
      accuracy: task.hasAccuracy ? comparison.accuracy : nil,
      cost: comparison.cost,
      count: comparison.count,
      measures: numbers?.measures ?? forecast?.measures
    )
  }

  /// Prints it under a heading such as "Test".
  func print(heading: String) {
    for line in lines(heading: heading) { Swift.print(line) }
  }

  /// What is told of it under a heading, a line each.
  func lines(heading: String) -> [String] {
    if let evaluation { return lines(evaluation, heading) }
    if let forecast { return forecast.lines(heading: heading) }
    if let numbers { return numbers.lines(heading: heading) }
    guard let comparison else { return [] }
    if task == .label {
      return [
        """
        \(heading) accuracy: \(percent(comparison.accuracy)) of \(comparison.count) steps, cost \
        \(decimals(comparison.cost, 4))
        """
      ]
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

/// Numbers that were told about series, compared with what was to be told, in their own units.
struct NumberOutcome {
  /// What the numbers are called.
  let names: [String]
  /// How far the model was off.
  let errors: [ForecastErrors]
  /// How far the mean of the training part would have been off.
  let meanErrors: [ForecastErrors]

  /// Judges a model.
  init(
    of model: SequenceModel,
    on examples: SequenceDataset,
    _ preparation: SeriesPreparation?,
    threads: Int
  ) {
    names = examples.outputNames
    var errors = names.map { _ in ForecastErrors() }
    var meanErrors = errors
    let answers = model.logits(for: examples, threads: threads).elements
    if case .numbers(let scaled) = examples.targets {
      let told = preparation?.numbers(of: answers) ?? answers
      let actual = preparation?.numbers(of: scaled) ?? scaled
      for (place, number) in told.enumerated() {
        let output = place % names.count
        let mean = preparation?.answerScales?[output].mean ?? 0
        errors[output].add(number, actual: actual[place], scale: nil)
        meanErrors[output].add(mean, actual: actual[place], scale: nil)
      }
    }
    (self.errors, self.meanErrors) = (errors, meanErrors)
  }

  /// The errors by name, for a record.
  var measures: [String: Double] {
    var measures: [String: Double] = [:]
    for (name, error) in zip(names, errors) {
      measures["\(name): mean absolute error"] = error.meanAbsoluteError
      measures["\(name): root mean squared error"] = error.rootMeanSquaredError
    }
    for (name, error) in zip(names, meanErrors) {
      measures["\(name): mean absolute error of the mean"] = error.meanAbsoluteError
    }
    return measures.filter { $0.value.isFinite }
  }

  /// What is told of it, a line for each number.
  func lines(heading: String) -> [String] {
    zip(names, zip(errors, meanErrors)).map { name, errors in
      """
      \(heading), \(name): mean absolute error \(number(errors.0.meanAbsoluteError)), root mean \
      squared \(number(errors.0.rootMeanSquaredError)), of \(errors.0.count) (always telling the \
      training mean: \(number(errors.1.meanAbsoluteError)) and \
      \(number(errors.1.rootMeanSquaredError)))
      """
    }
  }
}

/// Forecasts compared with what came.
struct ForecastOutcome {
  let comparison: ForecastComparison
  private let names: [String]
  private let season: Int

  init(_ comparison: ForecastComparison, _ preparation: ForecastPreparation) {
    self.comparison = comparison
    names = comparison.targets.map { preparation.variables[$0] }
    season = preparation.season
  }

  private var rows: [(name: String, errors: [ForecastErrors])] {
    [
      ("the model, running freely", comparison.freeRunning),
      ("the model, one time ahead", comparison.oneStep),
      (
        season > 1 ? "the season before (\(season))" : "the number before", comparison.seasonalNaive
      ),
    ] + (season > 1 ? [("the last number again", comparison.lastValue)] : [])
  }

  /// The errors by name, for a record.
  var measures: [String: Double] {
    var measures: [String: Double] = [:]
    for row in rows {
      let total = ForecastComparison.total(row.errors)
      measures["\(row.name): mean absolute error"] = total.meanAbsoluteError
      measures["\(row.name): root mean squared error"] = total.rootMeanSquaredError
      measures["\(row.name): mean absolute scaled error"] = total.meanAbsoluteScaledError
    }
    return measures.filter { $0.value.isFinite }
  }

  /// What is told of it, a line each.
  func lines(heading: String) -> [String] {
    var lines = [
      """
      \(heading): \(comparison.horizon) time\(comparison.horizon == 1 ? "" : "s") forecast from each of \
      \(comparison.origins)\(names.count == 1 ? "" : ", \(names.count) variables"):
      """
    ]
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      let total = ForecastComparison.total(row.errors)
      lines.append(
        """
          \(row.name.padding(toLength: width, withPad: " ", startingAt: 0))  mean absolute error \
        \(number(total.meanAbsoluteError)), root mean squared \(number(total.rootMeanSquaredError)), \
        MASE \(decimals(total.meanAbsoluteScaledError, 3))
        """
      )
    }
    if names.count > 1 {
      for (place, name) in names.prefix(20).enumerated() {
        let (own, simple) = (comparison.freeRunning[place], comparison.seasonalNaive[place])
        lines.append(
          """
            \(name): MASE \(decimals(own.meanAbsoluteScaledError, 3)), by \(rows[2].name) \
          \(decimals(simple.meanAbsoluteScaledError, 3))
          """
        )
      }
    }
    return lines
  }
}

/// A number with four digits that count.
private func number(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  let digits = max(0, 3 - Int(log10(abs(value)).rounded(.down)))
  return decimals(value, min(digits, 8))
}
