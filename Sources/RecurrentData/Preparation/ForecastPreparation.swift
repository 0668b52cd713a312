#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
public import Recurrent

/// How series that are to be forecast become what a model reads, and its answers numbers of the series
/// again; learned from training series alone.
///
/// In this order: a missing number becomes the last one before it; the logarithm may be taken; the
/// number before, or that of a season before, may be subtracted; and each variable is shifted and
/// scaled to mean 0 and standard deviation 1. What comes of one time is read at one step, and that of
/// the next time is answered.
public struct ForecastPreparation: Sendable, Codable, Equatable {
  /// What is subtracted from a number.
  public enum Differences: String, Sendable, Codable, CaseIterable {
    /// Nothing.
    case none
    /// The number before.
    case first
    /// The number of a season before.
    case seasonal
  }

  /// What of it can be chosen.
  public struct Choice: Sendable, Codable, Hashable {
    /// What is subtracted.
    public var differences: Differences
    /// Whether logarithms are taken first.
    public var hasLogarithm: Bool

    /// Creates a choice.
    public init(differences: Differences = .none, hasLogarithm: Bool = false) {
      self.differences = differences
      self.hasLogarithm = hasLogarithm
    }
  }

  /// What was chosen.
  public let choice: Choice
  /// What each variable is called.
  public let variables: [String]
  /// The number of times after which a series is like it was; 1 for a series without seasons.
  public let season: Int
  /// The number of times that are read before the first that is forecast.
  public let window: Int
  /// The mean of each variable after differences.
  public let means: [Float]
  /// The standard deviation of each variable after differences; 1 for one that is constant.
  public let deviations: [Float]

  /// Learns the preparation of series.
  ///
  /// - Precondition: There are variables, the season and the window are at least 1, the series have so
  ///   many variables, and only numbers above 0 where logarithms are taken.
  /// - Complexity: One pass over the series, which need not be in memory.
  public init(
    of series: [LongSeries],
    variables: [String],
    season: Int,
    window: Int,
    _ choice: Choice = Choice()
  ) {
    require(
      !variables.isEmpty && season > 0 && window > 0
        && series.allSatisfy { $0.rows.columns == variables.count },
      "a forecast needs variables, a season, a window, and series with numbers for all variables"
    )
    self.choice = choice
    self.variables = variables
    self.season = season
    self.window = window
    var moments = variables.map { _ in Moments() }
    for one in series {
      var levels = SeriesLevels(
        hasLogarithm: choice.hasLogarithm,
        lag: Self.lag(of: choice, season: season),
        startingLike: one.rows
      )
      for time in 0..<one.times {
        for variable in 0..<variables.count {
          let number = one.rows[time, variable]
          require(
            !choice.hasLogarithm || number.isNaN || number > 0,
            "only numbers above 0 have a logarithm"
          )
          let change = levels.change(to: number, variable: variable)
          if let change, !number.isNaN { moments[variable].add(change) }
        }
      }
    }
    means = moments.map { Float($0.mean) }
    deviations = moments.map(\.deviation)
  }

  /// Reads a preparation that was kept.
  ///
  /// - Throws: `DecodingError` when its numbers cannot be those of any.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    choice = try container.decode(Choice.self, forKey: .choice)
    variables = try container.decode([String].self, forKey: .variables)
    season = try container.decode(Int.self, forKey: .season)
    window = try container.decode(Int.self, forKey: .window)
    means = try container.decode([Float].self, forKey: .means)
    deviations = try container.decode([Float].self, forKey: .deviations)
    guard 1...65_536 ~= variables.count, 1...1_000_000 ~= season, 1...65_536 ~= window,
      means.count == variables.count, deviations.count == variables.count,
      means.allSatisfy(\.isFinite), deviations.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .choice,
        in: container,
        debugDescription: "no forecast has such numbers"
      )
    }
  }

  /// How many times before the number is that is subtracted; 0 for none.
  public var lag: Int { Self.lag(of: choice, season: season) }

  private static func lag(of choice: Choice, season: Int) -> Int {
    switch choice.differences {
    case .none: 0
    case .first: 1
    case .seasonal: season
    }
  }

  /// The numbers without gaps, or their logarithms, `[time, variable]`.
  func levels(_ rows: NumberRows) -> [Float] {
    var levels = SeriesLevels(hasLogarithm: choice.hasLogarithm, lag: 0, startingLike: rows)
    var result: [Float] = []
    result.reserveCapacity(rows.count * rows.columns)
    for time in 0..<rows.count {
      for variable in 0..<rows.columns {
        result.append(levels.change(to: rows[time, variable], variable: variable) ?? 0)
      }
    }
    return result
  }

  /// What a model reads of levels, from the time `lag` on, `[time, variable]`.
  func scaled(levels: [Float]) -> [Float] {
    let (count, lag) = (variables.count, lag * variables.count)
    guard levels.count > lag else { return [] }
    return (lag..<levels.count).map { place in
      scaled(levels[place] - (lag > 0 ? levels[place - lag] : 0), variable: place % count)
    }
  }

  private func scaled(_ change: Float, variable: Int) -> Float {
    (change - means[variable]) / deviations[variable]
  }

  /// The level that an answer about one variable stands for.
  func level(of answer: Float, variable: Int, before: Float) -> Float {
    answer * deviations[variable] + means[variable] + (lag > 0 ? before : 0)
  }

  /// The number that has this level.
  func number(ofLevel level: Float) -> Float { choice.hasLogarithm ? exp(level) : level }

  /// The windows of series whose every time is to be told from those before it, as a data set.
  ///
  /// Times before `start` of a series are read and not answered. Of series that are read from a file
  /// what a model reads is written to files, too, which have no name and go when nobody needs them. Nil
  /// where no series is long enough.
  ///
  /// - Precondition: There is a start for each series.
  /// - Throws: `FileError` where there is no room for such files.
  public func dataset(
    of series: [LongSeries],
    answeredFrom starts: [Int]
  ) throws(FileError) -> SequenceDataset? {
    require(series.count == starts.count, "there is a start for each series")
    let count = variables.count
    let steps = zip(series, starts).reduce(0) { $0 + max(0, $1.0.times - max($1.1, lag + 1)) }
    // They overlap as much as makes up to about 4,096 of them, and leave no time out.
    let stride = min(window, max(1, steps / 4_096))
    var windows = Windows()
    var begin = 0
    for (one, start) in zip(series, starts) {
      let times = max(0, one.times - lag)
      windows.add(
        times: times,
        from: begin,
        answeredFrom: max(1, start - lag),
        length: window,
        stride: stride
      )
      begin += times
    }
    guard let longest = windows.lengths.max() else { return nil }
    let (read, answers) = try scaledRows(of: series)
    return SequenceDataset(
      elements: .windows(NumberWindows(of: read, startingAt: windows.starts)),
      count: windows.starts.count,
      steps: longest,
      features: count,
      targets: .nextRows(answers, firstSteps: windows.firstSteps),
      outputNames: variables,
      lengths: windows.lengths
    )
  }

  /// What a model reads of series, one after another, and what it is to answer: the same, with NaN
  /// where a number, or the one that is subtracted, is missing.
  private func scaledRows(
    of series: [LongSeries]
  ) throws(FileError) -> (read: NumberRows, answers: NumberRows) {
    let areMapped = series.contains { $0.rows.isMapped }
    let count = variables.count
    var read = try NumberRowsInProgress(columns: count, isMapped: areMapped)
    var answers = try NumberRowsInProgress(columns: count, isMapped: areMapped)
    for one in series {
      var levels = SeriesLevels(
        hasLogarithm: choice.hasLogarithm,
        lag: lag,
        startingLike: one.rows
      )
      for time in 0..<one.times {
        for variable in 0..<count {
          let number = one.rows[time, variable]
          guard let change = levels.change(to: number, variable: variable) else { continue }
          let value = scaled(change, variable: variable)
          let isKnown = !number.isNaN && !one.rows[time - lag, variable].isNaN
          try read.append(value)
          try answers.append(isKnown ? value : .nan)
        }
      }
    }
    return (try read.rows(), try answers.rows())
  }

  /// Windows of several series whose rows are one after another.
  private struct Windows {
    private(set) var starts: [Int] = []
    private(set) var lengths: [Int] = []
    private(set) var firstSteps: [Int] = []

    /// Cuts the `times` rows of a series, which begin at `from`, and of which those from `first` on are
    /// answered.
    mutating func add(
      times: Int,
      from begin: Int,
      answeredFrom first: Int,
      length: Int,
      stride step: Int
    ) {
      guard times > 1, first < times else { return }
      // A window's last row answers nothing; the last one ends before the last time.
      let start = max(0, first - length)
      let last = times - 1 - length
      for own in last > start ? stride(from: start, to: last, by: step) + [last] : [start] {
        let end = min(own + length, times - 1)
        starts.append(begin + own)
        lengths.append(end - own)
        firstSteps.append(min(max(0, first - 1 - own), end - own))
      }
    }
  }
}
