import Recurrent

/// How a model's forecasts, and simple ones, compare with what came.
///
/// From times of the part that was kept from learning, each after a history that is known, as many
/// times as the horizon has are forecast.
public struct ForecastComparison: Sendable, Equatable {
  /// From no more times than this forecasts of one series are made.
  public static let mostOrigins = 200

  /// The variables that are compared.
  public let targets: [Int]
  /// The number of times that are forecast at once.
  public let horizon: Int
  /// From how many times it was forecast.
  public private(set) var origins = 0
  /// The model running freely: it reads what it answered at the time before.
  public private(set) var freeRunning: [ForecastErrors]
  /// The model reading, at each time, what came at the one before: teacher forcing.
  public private(set) var oneStep: [ForecastErrors]
  /// The last number before, again and again.
  public private(set) var lastValue: [ForecastErrors]
  /// The number a season before; the same where there are no seasons.
  public private(set) var seasonalNaive: [ForecastErrors]

  /// Compares forecasts of series from their times `starts` on.
  ///
  /// - Precondition: There is a start for each series, the horizon is at least 1, and targets are
  ///   variables of the preparation.
  public init(
    of forecaster: Forecaster,
    on series: [LongSeries],
    from starts: [Int],
    horizon: Int,
    targets: [Int]
  ) {
    let count = forecaster.preparation.variables.count
    require(
      starts.count == series.count && horizon > 0
        && targets.allSatisfy { 0..<count ~= $0 },
      "a comparison needs a start for each series, a horizon, and variables there are"
    )
    self.targets = targets
    self.horizon = horizon
    freeRunning = targets.map { _ in ForecastErrors() }
    (oneStep, lastValue, seasonalNaive) = (freeRunning, freeRunning, freeRunning)
    for (one, start) in zip(series, starts) { compare(forecaster, one.values, from: start) }
  }

  /// The errors of all targets together.
  public static func total(_ errors: [ForecastErrors]) -> ForecastErrors {
    errors.reduce(into: ForecastErrors()) { $0.add($1) }
  }

  private mutating func compare(_ forecaster: Forecaster, _ values: [Float], from start: Int) {
    let preparation = forecaster.preparation
    let count = preparation.variables.count
    let times = values.count / count
    let season = preparation.season
    let first = max(start, preparation.lag + 1, season)
    guard times - horizon >= first else { return }
    let scales = targets.map {
      Self.seasonalChange(
        of: values,
        variable: $0,
        variables: count,
        season: season,
        before: start
      )
    }
    let possible = times - horizon - first + 1
    let stride = (possible + Self.mostOrigins - 1) / Self.mostOrigins
    for origin in Swift.stride(from: first, through: times - horizon, by: stride) {
      origins += 1
      let history = Array(values[..<(origin * count)])
      let forecast = forecaster.forecast(after: history, count: horizon)
      for (place, target) in targets.enumerated() {
        let known = history[target...].enumerated().filter { $0.offset % count == 0 }.map(\.element)
        let last = known.last { !$0.isNaN } ?? 0
        for time in 0..<horizon {
          let actual = values[(origin + time) * count + target]
          let before = values[(origin + time % season - season) * count + target]
          let answer = forecast[time * count + target]
          freeRunning[place].add(answer, actual: actual, scale: scales[place])
          if time == 0 { oneStep[place].add(answer, actual: actual, scale: scales[place]) }
          lastValue[place].add(last, actual: actual, scale: scales[place])
          seasonalNaive[place].add(
            before.isNaN ? last : before,
            actual: actual,
            scale: scales[place]
          )
        }
      }
    }
  }

  /// The mean distance of a variable from what it was a season before, up to the time `end`; nil where
  /// it is never known.
  static func seasonalChange(
    of values: [Float],
    variable: Int,
    variables: Int,
    season: Int,
    before end: Int
  ) -> Double? {
    var (sum, count) = (0.0, 0)
    for time in season..<max(season, end) {
      let change =
        values[time * variables + variable] - values[(time - season) * variables + variable]
      guard !change.isNaN else { continue }
      sum += Double(abs(change))
      count += 1
    }
    return count > 0 && sum > 0 ? sum / Double(count) : nil
  }
}
