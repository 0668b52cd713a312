import Recurrent
import RecurrentData

/// Series that are gone on with, and which part of them is kept from learning.
struct ForecastTrial {
  /// The series, from their first time to their last.
  let series: [LongSeries]
  /// The time from which each is kept from learning.
  let starts: [Int]
  /// The number of times that are forecast at once.
  let horizon: Int
  /// The variables that are compared.
  let targets: [Int]

  /// The parts of the series that are learned from.
  var learned: [LongSeries] { zip(series, starts).map { $0.prefix($1) } }

  /// Judges a model.
  func comparison(
    of model: SequenceModel,
    _ preparation: ForecastPreparation
  ) throws -> ForecastComparison {
    ForecastComparison(
      of: try Forecaster(model, preparation),
      on: series,
      from: starts,
      horizon: horizon,
      targets: targets
    )
  }
}

extension DataSelection {
  /// From so many times on, some are kept from learning to watch by.
  private static let manyTimes = 5_000

  /// Chooses the season, the horizon, what is subtracted and how often series are gone through, unless
  /// that was said, and tells what was chosen.
  mutating func chooseForecast(
    of file: SeriesFile,
    for recipe: inout Recipe,
    epochs: Int?,
    seed: UInt64,
    threads: Int
  ) throws {
    let (series, variables, targets) = try recordedSeries(file)
    let path = path ?? ""
    let isFound = season == nil
    let longest = series.max { $0.times < $1.times }
    let times = longest?.times ?? 0
    guard let longest, times >= 8 else {
      throw CommandFailure(
        "\(path): has \(times) times, too few to learn from; 8 or more are wanted"
      )
    }
    if season == nil {
      // No more than the last of these are looked at.
      let end = times * 4 / 5
      let first = max(0, end - Season.mostTimes)
      season = Season.found(in: (first..<end).map { longest.rows[$0, targets[0]] })
    }
    let usedSeason = season ?? 1
    horizon = horizon ?? max(1, min(usedSeason > 1 ? usedSeason : 10, times / 10))
    let split = try forecastSplit(series, targets)
    try checkLogarithm(of: split.learned)
    if isFound {
      print(
        usedSeason == 1
          ? "Season: none found; --season 12 would say what it is"
          : "Season: \(usedSeason) times, found in the first four fifths"
      )
    }
    let kept = (split.starts.max() ?? 0)
    recipe.window = recipe.window ?? max(1, min(max(2 * usedSeason, 64), kept / 2))
    let whole = preparation(
      of: split.learned,
      variables,
      recipe,
      forecast ?? ForecastPreparation.Choice()
    )
    let windows = try whole.dataset(of: split.learned, answeredFrom: split.learned.map { _ in 0 })
    recipe.epochs = epochs ?? recipe.epochs(forSeries: windows?.count ?? 1)
    guard forecast == nil else { return }
    let progress = ProgressLine()
    defer { progress.clear() }
    let search = ForecastSearch(
      trial: ForecastTrial(
        series: split.learned,
        starts: split.starts.map { $0 - max(horizon ?? 1, $0 / 5) },
        horizon: horizon ?? 1,
        targets: targets
      ),
      variables: variables,
      season: usedSeason,
      recipe: recipe,
      seed: seed,
      threads: threads
    )
    let outcome = try search.run { progress.show($0) }
    progress.clear()
    for line in outcome.lines { print(line) }
    forecast = outcome.choice
  }

  /// The series of a file as a model reads them that is to go on with them.
  func forecast(
    _ file: SeriesFile,
    for recipe: Recipe,
    preparedBy given: InputPreparation?
  ) throws -> RunData {
    let (series, variables, targets) = try recordedSeries(file)
    let trial = try forecastSplit(series, targets)
    let learned = trial.learned
    var validationStarts: [Int]?
    if let share = validationShare ?? (trial.starts.reduce(0, +) >= Self.manyTimes ? 0.1 : nil) {
      validationStarts = trial.starts.map { max(1, Int(Double($0) * (1 - share))) }
    }
    let training = validationStarts.map { zip(learned, $0).map { $0.prefix($1) } }
    let preparation: ForecastPreparation
    if case .forecast(let own, _) = given {
      guard own.variables.count == variables.count else {
        throw CommandFailure(
          """
          \(title): has \(variables.count) variables, and the run forecasts \(own.variables.count)
          """
        )
      }
      preparation = own
    } else {
      try checkLogarithm(of: learned)
      preparation = self.preparation(
        of: training ?? learned,
        variables,
        recipe,
        forecast ?? ForecastPreparation.Choice()
      )
    }
    guard
      let dataset = try preparation.dataset(
        of: training ?? learned,
        answeredFrom: learned.map { _ in 0 }
      ), let test = try preparation.dataset(of: trial.series, answeredFrom: trial.starts)
    else {
      throw CommandFailure(
        """
        \(title): has too few times to learn from after \(preparation.lag) that are subtracted; use a \
        smaller --season or --horizon
        """
      )
    }
    let missing = learned.reduce(0) { $0 + $1.missing }
    var remarks = file.remarks
    let kept = zip(trial.series, trial.starts).reduce(0) { $0 + $1.0.times - $1.1 }
    remarks.append(
      """
      Tested on the last fifth: \(kept) of \(trial.starts.reduce(kept, +)) times\
      \(series.count > 1 ? " of \(series.count) series" : ""), \(trial.horizon) at once
      """
    )
    let numbers = series.reduce(0) { $0 + $1.times } * variables.count
    // As they are, and for training and for the test as a model reads them and answers.
    let bytes = 5 * 4 * numbers
    let megabytes = decimals(Double(bytes) / 1e6, 1)
    if series.contains(where: { $0.rows.isMapped }) {
      remarks.append(
        "Numbers: \(numbers), read from files of \(megabytes) MB for temporary use when needed"
      )
    } else if bytes > 1_000_000 {
      remarks.append(
        "Numbers: \(numbers), \(megabytes) MB in memory with what is made of them"
      )
    }
    if missing > 0 {
      remarks.append("\(missing) numbers are missing: each is taken to be the last before it")
    }
    return RunData(
      training: dataset,
      validation: try validationStarts.flatMap {
        try preparation.dataset(of: learned, answeredFrom: $0)
      },
      test: test,
      fingerprint: file.digest,
      preparation: .forecast(preparation, table: file.table),
      forecast: trial,
      remarks: remarks
    )
  }

  private func recordedSeries(
    _ file: SeriesFile
  ) throws -> (series: [LongSeries], variables: [String], targets: [Int]) {
    guard case .recorded(let series, let variables) = file.content else {
      throw CommandFailure("\(title): holds series to be answered about, not to be gone on with")
    }
    return (series, variables, file.table?.targetPlaces ?? Array(variables.indices))
  }

  /// Keeps the last fifth of each series, and as many times as are forecast at once, from learning.
  private func forecastSplit(
    _ series: [LongSeries],
    _ targets: [Int]
  ) throws -> ForecastTrial {
    let horizon = horizon ?? 1
    let least = horizon * 2 + 2
    let long = series.filter { $0.times >= least + (season ?? 1) }
    guard !long.isEmpty else {
      let times = series.map(\.times).max() ?? 0
      throw CommandFailure(
        """
        \(title): has \(times) times, too few to forecast \(horizon) of them and keep as many to test; \
        use a smaller --horizon
        """
      )
    }
    return ForecastTrial(
      series: long,
      starts: long.map { $0.times - max(horizon, $0.times / 5) },
      horizon: horizon,
      targets: targets
    )
  }

  /// Refuses logarithms of numbers that have none.
  private func checkLogarithm(of series: [LongSeries]) throws {
    guard forecast?.hasLogarithm == true,
      let number = series.lazy.compactMap(\.firstNotPositive).first
    else { return }
    throw CommandFailure("\(title): holds \(number), which has no logarithm; leave out --logarithm")
  }

  private func preparation(
    of series: [LongSeries],
    _ variables: [String],
    _ recipe: Recipe,
    _ choice: ForecastPreparation.Choice
  ) -> ForecastPreparation {
    ForecastPreparation(
      of: series,
      variables: variables,
      season: season ?? 1,
      window: recipe.usedWindow,
      choice
    )
  }
}

extension LongSeries {
  /// The number of numbers that are missing.
  fileprivate var missing: Int {
    (0..<times).reduce(0) { sum, time in
      sum + (0..<rows.columns).count { rows[time, $0].isNaN }
    }
  }

  /// Its first number that is not above 0.
  var firstNotPositive: Float? {
    (0..<times).lazy.flatMap { time in
      (0..<rows.columns).lazy.map { rows[time, $0] }
    }.first { $0 <= 0 }
  }
}
