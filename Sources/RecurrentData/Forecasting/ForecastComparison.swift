import Recurrent

/// How a model's forecasts, and simple ones, compare with what came.
///
/// From times of the part that was kept from learning, each after a history that is known, as many
/// times as the horizon has are forecast.
public struct ForecastComparison: Sendable, Equatable {
  /// From no more times than this forecasts of one series are made.
  public static let mostOrigins = 200

  /// Missing numbers are looked for no further back than this.
  private static let seasonsLookedAt = 20

  /// The variables that are compared.
  public let targets: [Int]
  /// What they are called.
  public let targetNames: [String]
  /// The number of times that are forecast at once.
  public let horizon: Int
  /// The number of times after which the series are like they were; 1 for none.
  public let season: Int
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
    targetNames = targets.map { forecaster.preparation.variables[$0] }
    self.horizon = horizon
    season = forecaster.preparation.season
    freeRunning = targets.map { _ in ForecastErrors() }
    (oneStep, lastValue, seasonalNaive) = (freeRunning, freeRunning, freeRunning)
    for (one, start) in zip(series, starts) { compare(forecaster, one.rows, from: start) }
  }

  /// The errors of all targets together.
  public static func total(_ errors: [ForecastErrors]) -> ForecastErrors {
    errors.reduce(into: ForecastErrors()) { $0.add($1) }
  }

  private mutating func compare(_ forecaster: Forecaster, _ rows: NumberRows, from start: Int) {
    let preparation = forecaster.preparation
    let count = preparation.variables.count
    let times = rows.count
    let season = preparation.season
    let first = max(start, preparation.lag + 1, season)
    guard times - horizon >= first else { return }
    let scales = targets.map { target in
      // Row by row, since not all of them need be in memory.
      NaiveForecast.scale(of: (0..<start).lazy.map { rows[$0, target] }, season: season)
    }
    let possible = times - horizon - first + 1
    let step = (possible + Self.mostOrigins - 1) / Self.mostOrigins
    for origin in stride(from: first, through: times - horizon, by: step) {
      origins += 1
      let forecast = forecaster.forecast(
        after: rows.slice(0..<origin),
        count: horizon
      )
      for (place, target) in targets.enumerated() {
        let scale = scales[place]
        // Whole seasons, so that a place in the season stays what it is.
        let before = origin / season * season - Self.seasonsLookedAt * season
        let history = (max(0, before)..<origin).map { rows[$0, target] }
        let actual = (origin..<origin + horizon).map { rows[$0, target] }
        let own = (0..<horizon).map { forecast[$0 * count + target] }
        freeRunning[place].add(own, actual: actual, scale: scale)
        oneStep[place].add(Array(own[..<1]), actual: Array(actual[..<1]), scale: scale)
        lastValue[place].add(
          NaiveForecast.last(of: history, horizon: horizon),
          actual: actual,
          scale: scale
        )
        seasonalNaive[place].add(
          NaiveForecast.seasonal(of: history, season: season, horizon: horizon),
          actual: actual,
          scale: scale
        )
      }
    }
  }
}
