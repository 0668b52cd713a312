public import Recurrent

/// Series of one or several variables over time, each with a class, as they stand in a file.
public struct LabelledSeries: Sendable, Equatable {
  /// One series.
  public struct Series: Sendable, Equatable {
    /// The numbers in the order `[time, variable]`; NaN where one is missing.
    public var values: [Float]
    /// The place of its class among the class names.
    public var label: Int

    /// Creates a series.
    public init(values: [Float], label: Int) {
      self.values = values
      self.label = label
    }
  }

  /// The data set's name, as the file gives it.
  public var name: String
  /// The number of variables at each time.
  public var variables: Int
  /// What each class is called.
  public var classNames: [String]
  /// The series.
  public var series: [Series]

  /// Creates a collection.
  ///
  /// - Precondition: Each series has at least one time, numbers for all variables at each, and a class.
  public init(name: String, variables: Int, classNames: [String], series: [Series]) {
    require(
      variables > 0
        && series.allSatisfy {
          !$0.values.isEmpty && $0.values.count.isMultiple(of: variables)
            && classNames.indices.contains($0.label)
        },
      "series need at least one time, a number for each variable at each, and a class"
    )
    self.name = name
    self.variables = variables
    self.classNames = classNames
    self.series = series
  }

  /// The number of times in the longest series.
  public var longest: Int { series.map { $0.values.count / variables }.max() ?? 0 }

  /// Whether a number is missing anywhere.
  public var hasMissingValues: Bool { series.contains { $0.values.contains(where: \.isNaN) } }

  /// The series as a data set, the shorter ones padded at their end.
  ///
  /// - Precondition: There is at least one series.
  public func dataset() -> SequenceDataset {
    let steps = longest
    var elements: [Float] = []
    elements.reserveCapacity(series.count * steps * variables)
    for one in series {
      elements += one.values
      elements += repeatElement(0, count: steps * variables - one.values.count)
    }
    return SequenceDataset(
      elements: .floats(elements),
      labels: series.map(\.label),
      steps: steps,
      features: variables,
      classNames: classNames,
      lengths: series.map { $0.values.count / variables }
    )
  }
}
