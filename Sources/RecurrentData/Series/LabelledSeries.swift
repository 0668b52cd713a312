public import Recurrent

/// Series of one or several variables over time, and what is to be answered about each.
public struct LabelledSeries: Sendable, Equatable {
  /// What is to be answered about a series.
  public enum Answer: Sendable, Equatable {
    /// The place of its class among the output names.
    case label(Int)
    /// The class of each time; -1 where none is known.
    case labels([Int32])
    /// Numbers, one for each output name; NaN where one is not known.
    case numbers([Float])
  }

  /// One series.
  public struct Series: Sendable, Equatable {
    /// The numbers in the order `[time, variable]`; NaN where one is missing.
    public var values: [Float]
    /// What is to be answered.
    public var answer: Answer

    /// Creates a series.
    public init(values: [Float], answer: Answer) {
      self.values = values
      self.answer = answer
    }

    /// Creates a series of a class.
    public init(values: [Float], label: Int) { self.init(values: values, answer: .label(label)) }

    /// The place of its class among the output names; -1 where something else is answered.
    public var label: Int { if case .label(let label) = answer { label } else { -1 } }
  }

  /// The data set's name, as the file gives it.
  public var name: String
  /// The number of variables at each time.
  public var variables: Int
  /// What each class, or each number that is answered, is called.
  public var outputNames: [String]
  /// The series.
  public var series: [Series]
  /// Whether the series are pieces of one recording, in order, rather than each for itself.
  public var areContinuous = false

  /// Creates a collection.
  ///
  /// - Precondition: Each series has at least one time, numbers for all variables at each, and an
  ///   answer that fits the output names; all have the same kind of answer.
  public init(name: String, variables: Int, outputNames: [String], series: [Series]) {
    require(
      variables > 0
        && series.allSatisfy {
          !$0.values.isEmpty && $0.values.count.isMultiple(of: variables)
            && Self.fits($0.answer, outputs: outputNames.count, times: $0.values.count / variables)
        },
      "series need at least one time, a number for each variable at each, and an answer"
    )
    require(
      Set(series.map { $0.answer.kind }).count <= 1,
      "series of one collection have answers of one kind"
    )
    self.name = name
    self.variables = variables
    self.outputNames = outputNames
    self.series = series
  }

  private static func fits(_ answer: Answer, outputs: Int, times: Int) -> Bool {
    switch answer {
    case .label(let label): 0..<outputs ~= label
    case .labels(let labels):
      labels.count == times && labels.allSatisfy { -1..<outputs ~= Int($0) }
    case .numbers(let numbers): numbers.count == outputs
    }
  }

  /// The number of times in the longest series.
  public var longest: Int { series.map { $0.values.count / variables }.max() ?? 0 }

  /// Whether a number is missing anywhere.
  public var hasMissingValues: Bool { series.contains { $0.values.contains(where: \.isNaN) } }

  /// Whether every time of a series has a class of its own.
  public var labelsEachTime: Bool { series.first?.answer.kind == .labels }

  /// Whether numbers are answered.
  public var answersAreNumbers: Bool { series.first?.answer.kind == .numbers }

  /// The series as a data set, the shorter ones padded at their end.
  ///
  /// - Precondition: There is at least one series.
  public func dataset() -> SequenceDataset {
    dataset(steps: longest, features: variables) { $0 }
  }

  /// The series as a data set of what `read` makes of each one's values, `[step, feature]`.
  func dataset(
    steps: Int,
    features: Int,
    _ read: ([Float]) -> [Float]
  ) -> SequenceDataset {
    var elements: [Float] = []
    elements.reserveCapacity(series.count * steps * features)
    var lengths: [Int] = []
    for one in series {
      let values = read(one.values)
      elements += values
      elements += repeatElement(0, count: steps * features - values.count)
      lengths.append(values.count / features)
    }
    return SequenceDataset(
      elements: .floats(elements),
      count: series.count,
      steps: steps,
      features: features,
      targets: targets(steps: steps),
      outputNames: outputNames,
      lengths: lengths
    )
  }

  private func targets(steps: Int) -> SequenceDataset.Targets {
    if labelsEachTime {
      return .classesOfSteps(
        series.flatMap { one -> [Int32] in
          guard case .labels(let labels) = one.answer else { return [] }
          return labels + repeatElement(-1, count: steps - labels.count)
        }
      )
    }
    if answersAreNumbers {
      return .numbers(
        series.flatMap { one -> [Float] in
          if case .numbers(let numbers) = one.answer { numbers } else { [] }
        }
      )
    }
    return .classes(series.map(\.label))
  }
}

extension LabelledSeries.Answer {
  fileprivate enum Kind {
    case label
    case labels
    case numbers
  }

  fileprivate var kind: Kind {
    switch self {
    case .label: .label
    case .labels: .labels
    case .numbers: .numbers
    }
  }
}
