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

  /// Learns the preparation of series, `[time, variable]` each.
  ///
  /// - Precondition: There are variables, the season and the window are at least 1, the series have
  ///   numbers for all variables at each time, and only numbers above 0 where logarithms are taken.
  public init(
    of series: [LongSeries],
    variables: [String],
    season: Int,
    window: Int,
    _ choice: Choice = Choice()
  ) {
    require(
      !variables.isEmpty && season > 0 && window > 0
        && series.allSatisfy { $0.values.count.isMultiple(of: variables.count) },
      "a forecast needs variables, a season, a window, and series with numbers for all variables"
    )
    require(
      !choice.hasLogarithm || series.allSatisfy { $0.values.allSatisfy { $0.isNaN || $0 > 0 } },
      "only numbers above 0 have a logarithm"
    )
    self.choice = choice
    self.variables = variables
    self.season = season
    self.window = window
    var moments = variables.map { _ in Moments() }
    let lag = Self.lag(of: choice, season: season) * variables.count
    for one in series {
      let levels = Self.levels(one.values, choice, variables: variables.count)
      for place in lag..<max(lag, levels.count) where !one.values[place].isNaN {
        moments[place % variables.count].add(levels[place] - (lag > 0 ? levels[place - lag] : 0))
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

  /// The numbers without gaps, or their logarithms.
  private static func levels(_ values: [Float], _ choice: Choice, variables: Int) -> [Float] {
    var result = values
    for variable in 0..<variables {
      // What is missing at the beginning is taken from the first number there is.
      let places = stride(from: variable, to: values.count, by: variables)
      var last = places.first { !values[$0].isNaN }.map { values[$0] } ?? 0
      for place in places {
        last = values[place].isNaN ? last : values[place]
        result[place] = choice.hasLogarithm ? log(max(last, .leastNormalMagnitude)) : last
      }
    }
    return result
  }

  /// The numbers without gaps, or their logarithms, `[time, variable]`.
  func levels(_ values: [Float]) -> [Float] {
    Self.levels(values, choice, variables: variables.count)
  }

  /// What a model reads of a series, from the time `lag` on, `[time, variable]`.
  func scaled(levels: [Float]) -> [Float] {
    let (count, lag) = (variables.count, lag * variables.count)
    guard levels.count > lag else { return [] }
    return (lag..<levels.count).map { place in
      let change = levels[place] - (lag > 0 ? levels[place - lag] : 0)
      return (change - means[place % count]) / deviations[place % count]
    }
  }

  /// The level that an answer about one variable stands for.
  func level(of answer: Float, variable: Int, before: Float) -> Float {
    answer * deviations[variable] + means[variable] + (lag > 0 ? before : 0)
  }

  /// The number that has this level.
  func number(ofLevel level: Float) -> Float { choice.hasLogarithm ? exp(level) : level }

  /// The windows of series whose every time is to be told from those before it, as a data set.
  ///
  /// Times before `start` of a series are read and not answered. Nil where no series is long enough.
  ///
  /// - Precondition: There is a start for each series.
  public func dataset(of series: [LongSeries], answeredFrom starts: [Int]) -> SequenceDataset? {
    require(series.count == starts.count, "there is a start for each series")
    let count = variables.count
    let parts = zip(series, starts).map { one, start in
      Part(
        scaled: scaled(levels: levels(one.values)),
        known: one.values.map { !$0.isNaN },
        lag: lag,
        start: max(start, lag + 1),
        variables: count
      )
    }
    let steps = parts.reduce(0) { $0 + $1.steps }
    // As many windows begin at a time as make up to about 4,096 of them.
    let stride = max(1, steps / 4_096)
    let windows = parts.flatMap { $0.windows(of: window, stride: stride) }
    guard let longest = windows.map(\.length).max() else { return nil }
    var elements: [Float] = []
    var targets: [Float] = []
    elements.reserveCapacity(windows.count * longest * count)
    targets.reserveCapacity(windows.count * longest * count)
    for window in windows {
      let padding = (longest - window.length) * count
      elements += window.read + repeatElement(0, count: padding)
      targets += window.answers + repeatElement(.nan, count: padding)
    }
    return SequenceDataset(
      elements: .floats(elements),
      count: windows.count,
      steps: longest,
      features: count,
      targets: .numbersOfSteps(targets),
      outputNames: variables,
      lengths: windows.map(\.length)
    )
  }

  /// A series on its way into windows.
  private struct Part {
    /// From the time `lag` on.
    let scaled: [Float]
    /// Which numbers of the series there are, from its first time on.
    let known: [Bool]
    let lag: Int
    /// The first time that is answered.
    let start: Int
    let variables: Int

    /// The number of times that are answered.
    var steps: Int { max(0, scaled.count / variables + lag - start) }

    struct Window {
      let read: ArraySlice<Float>
      let answers: [Float]
      let length: Int
    }

    func windows(of length: Int, stride step: Int) -> [Window] {
      let times = scaled.count / variables
      // The first time of a window, of which the last, `times - 1`, has nothing to answer.
      let first = max(0, start - lag - length)
      let last = times - 1 - length
      guard steps > 0, times > 1 else { return [] }
      guard last > first else { return [window(first..<times - 1)] }
      var begins = Array(stride(from: first, to: last, by: step))
      begins.append(last)
      return begins.map { window($0..<$0 + length) }
    }

    private func window(_ range: Range<Int>) -> Window {
      let answers = range.flatMap { time in
        (0..<variables).map { variable -> Float in
          let place = (time + 1) * variables + variable
          let isAnswered =
            time + 1 + lag >= start && known[place + lag * variables] && known[place]
          return isAnswered ? scaled[place] : .nan
        }
      }
      return Window(
        read: scaled[range.lowerBound * variables..<range.upperBound * variables],
        answers: answers,
        length: range.count
      )
    }
  }
}
