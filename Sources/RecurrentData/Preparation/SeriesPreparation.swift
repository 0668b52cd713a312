public import Recurrent

/// How series of measurements become what a model reads, learned from training series alone.
///
/// In this order: a missing number becomes the last one before it, or the mean where there is none,
/// and may be told by a feature of its own; each variable is shifted and scaled to mean 0 and standard
/// deviation 1; its differences from one time to the next may be added; and several times may make
/// one step, the last of which is filled up with the series' last time.
public struct SeriesPreparation: Sendable, Codable, Equatable {
  /// What of it can be chosen.
  public struct Choice: Sendable, Codable, Hashable {
    /// The number of times that make one step.
    public var timesPerStep: Int
    /// Whether each variable's difference from the time before is a feature, too.
    public var hasDifferences: Bool

    /// Creates a choice.
    ///
    /// - Precondition: A step has at least one time.
    public init(timesPerStep: Int = 1, hasDifferences: Bool = false) {
      require(timesPerStep > 0, "a step has at least one time")
      self.timesPerStep = timesPerStep
      self.hasDifferences = hasDifferences
    }
  }

  /// Mean and standard deviation of a number.
  public struct Scale: Sendable, Codable, Equatable {
    /// The mean in training.
    public let mean: Float
    /// The standard deviation in training; 1 for a number that is constant.
    public let deviation: Float
  }

  /// What was chosen.
  public let choice: Choice
  /// The mean of each variable.
  public let means: [Float]
  /// The standard deviation of each variable; 1 for one that is constant.
  public let deviations: [Float]
  /// The standard deviation of each variable's differences; 1 where they are constant.
  public let differenceDeviations: [Float]
  /// Whether a missing number is told by a feature of its own.
  public let marksMissing: Bool
  /// The scale of each number that is answered; nil where classes are.
  public private(set) var answerScales: [Scale]?

  /// The number of variables at each time.
  public var variables: Int { means.count }
  /// The number of features of one step.
  public var features: Int {
    choice.timesPerStep * variables
      * (1 + (choice.hasDifferences ? 1 : 0) + (marksMissing ? 1 : 0))
  }

  /// Learns the preparation of series of `variables` variables, `[time, variable]` each, NaN for a
  /// missing number.
  ///
  /// - Precondition: There is at least one series, each with numbers for all variables at each time.
  public init(of series: [[Float]], variables: Int, _ choice: Choice = Choice()) {
    require(
      !series.isEmpty && variables > 0
        && series.allSatisfy { $0.count.isMultiple(of: variables) && !$0.isEmpty },
      "a preparation is learned from series with numbers for \(variables) variables"
    )
    self.choice = choice
    marksMissing = series.contains { $0.contains(where: \.isNaN) }
    var levels = (0..<variables).map { _ in Moments() }
    for one in series {
      for (place, number) in one.enumerated() { levels[place % variables].add(number) }
    }
    means = levels.map { Float($0.mean) }
    deviations = levels.map(\.deviation)
    var changes = (0..<variables).map { _ in Moments() }
    for one in series {
      let filled = Self.filled(one, means)
      for place in variables..<max(filled.count, variables) {
        changes[place % variables].add(filled[place] - filled[place - variables])
      }
    }
    differenceDeviations = changes.map(\.deviation)
  }

  /// Reads a preparation that was kept.
  ///
  /// - Throws: `DecodingError` when its numbers cannot be those of any.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    choice = try container.decode(Choice.self, forKey: .choice)
    means = try container.decode([Float].self, forKey: .means)
    deviations = try container.decode([Float].self, forKey: .deviations)
    differenceDeviations = try container.decode([Float].self, forKey: .differenceDeviations)
    marksMissing = try container.decode(Bool.self, forKey: .marksMissing)
    answerScales = try container.decodeIfPresent([Scale].self, forKey: .answerScales)
    guard 1...65_536 ~= choice.timesPerStep, 1...65_536 ~= means.count,
      deviations.count == means.count, differenceDeviations.count == means.count,
      means.allSatisfy(\.isFinite),
      (deviations + differenceDeviations).allSatisfy({ $0 > 0 && $0.isFinite }),
      answerScales?.allSatisfy({ $0.mean.isFinite && $0.deviation > 0 && $0.deviation.isFinite })
        ?? true
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .choice,
        in: container,
        debugDescription: "no preparation has such numbers"
      )
    }
  }

  /// The variables that have one value throughout the training series, or none.
  public static func constantVariables(of series: [[Float]], variables: Int) -> [Int] {
    (0..<variables).filter { variable in
      var first: Float?
      for one in series {
        for place in stride(from: variable, to: one.count, by: variables) where !one[place].isNaN {
          if let first, first != one[place] { return false }
          first = first ?? one[place]
        }
      }
      return true
    }
  }

  /// The number of steps of a series of so many times.
  public func steps(times: Int) -> Int { (times + choice.timesPerStep - 1) / choice.timesPerStep }

  /// What a model reads of one series, `[step, feature]`.
  ///
  /// - Precondition: The series has at least one time, and numbers for all variables at each.
  public func prepared(_ series: [Float]) -> [Float] {
    require(
      !series.isEmpty && series.count.isMultiple(of: variables),
      "a series needs numbers for \(variables) variables at each time, got \(series.count)"
    )
    let filled = Self.filled(series, means)
    let times = series.count / variables
    var result: [Float] = []
    result.reserveCapacity(steps(times: times) * features)
    for time in 0..<steps(times: times) * choice.timesPerStep {
      let first = min(time, times - 1) * variables
      for variable in 0..<variables {
        result.append((filled[first + variable] - means[variable]) / deviations[variable])
      }
      if choice.hasDifferences {
        for variable in 0..<variables {
          let place = first + variable
          // Past the end nothing changes any more.
          let change = time == 0 || time >= times ? 0 : filled[place] - filled[place - variables]
          result.append(change / differenceDeviations[variable])
        }
      }
      if marksMissing {
        for variable in 0..<variables { result.append(series[first + variable].isNaN ? 1 : 0) }
      }
    }
    return result
  }

  /// The series with the last number before in the place of a missing one.
  private static func filled(_ series: [Float], _ means: [Float]) -> [Float] {
    var result = series
    for place in result.indices where result[place].isNaN {
      result[place] =
        place < means.count ? means[place] : result[place - means.count]
    }
    return result
  }
}

extension SeriesPreparation {
  /// Learns the preparation of series, and the scale of the numbers that are answered about them.
  ///
  /// - Precondition: There is at least one series.
  public init(of series: LabelledSeries, _ choice: Choice = Choice()) {
    self.init(of: series.series.map(\.values), variables: series.variables, choice)
    guard series.answersAreNumbers else { return }
    var moments = series.outputNames.map { _ in Moments() }
    for case .numbers(let numbers) in series.series.map(\.answer) {
      for (output, number) in numbers.enumerated() { moments[output].add(number) }
    }
    answerScales = moments.map { Scale(mean: Float($0.mean), deviation: $0.deviation) }
  }

  /// The series as a data set that a model reads, the shorter ones padded at their end; numbers to be
  /// answered are scaled.
  ///
  /// - Precondition: There is at least one series, they have the preparation's variables, and a step
  ///   of series with an answer at each time is one time.
  public func dataset(of series: LabelledSeries) -> SequenceDataset {
    require(
      choice.timesPerStep == 1 || !series.labelsEachTime,
      "a step of several times has no class of its own"
    )
    var series = series
    if let answerScales {
      for index in series.series.indices {
        guard case .numbers(let numbers) = series.series[index].answer else { continue }
        series.series[index].answer = .numbers(
          zip(numbers, answerScales).map { ($0 - $1.mean) / $1.deviation }
        )
      }
    }
    return series.dataset(steps: steps(times: series.longest), features: features) {
      prepared($0)
    }
  }

  /// The numbers that a model's answers stand for, `[..., output]`.
  public func numbers(of answers: [Float]) -> [Float] {
    guard let answerScales, !answerScales.isEmpty else { return answers }
    return answers.enumerated().map { place, answer in
      let scale = answerScales[place % answerScales.count]
      return answer * scale.deviation + scale.mean
    }
  }
}
