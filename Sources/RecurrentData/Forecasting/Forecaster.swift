public import Recurrent

/// Goes on with series by what a model answers.
///
/// The model reads what was recorded, and then, running freely, what it answered itself at the time
/// before.
public struct Forecaster: Sendable {
  /// How series are prepared.
  public let preparation: ForecastPreparation
  private let model: StreamingModel

  /// Prepares a model for forecasts.
  ///
  /// - Precondition: The model reads and answers as many numbers as the preparation has variables.
  /// - Throws: `StreamingError` where a layer cannot be run step by step.
  public init(
    _ model: SequenceModel,
    _ preparation: ForecastPreparation
  ) throws(StreamingError) {
    self.preparation = preparation
    self.model = try StreamingModel(model)
    let count = preparation.variables.count
    require(
      self.model.inputSize == count && self.model.outputSize == count,
      "a model that forecasts \(count) variables reads and answers so many numbers"
    )
  }

  /// Returns the numbers of the `count` times that follow a history, `[time, variable]`.
  ///
  /// Of the history the last `window + lag` times are read.
  ///
  /// - Precondition: The history has more than `lag` times.
  /// - Complexity: O(`window + count`) steps of the model.
  public func forecast(after history: NumberRows, count: Int) -> [Float] {
    let variables = preparation.variables.count
    let lag = preparation.lag
    require(
      history.columns == variables && history.count > lag,
      "a forecast needs a history of more than \(lag) times of \(variables) variables"
    )
    let first = max(0, history.count - preparation.window - lag)
    var levels = preparation.levels(history.slice(first..<history.count))
    var state = model.makeState()
    var answer = [Float](repeating: 0, count: variables)
    let scaled = preparation.scaled(levels: levels)
    for first in stride(from: 0, to: scaled.count, by: variables) {
      model.step(Array(scaled[first..<first + variables]), state: &state, output: &answer)
    }
    var result: [Float] = []
    result.reserveCapacity(count * variables)
    for time in 0..<count {
      for variable in 0..<variables {
        let before = lag > 0 ? levels[levels.count - lag * variables] : 0
        let level = preparation.level(of: answer[variable], variable: variable, before: before)
        levels.append(level)
        result.append(preparation.number(ofLevel: level))
      }
      if time + 1 < count { model.step(answer, state: &state, output: &answer) }
    }
    return result
  }
}
