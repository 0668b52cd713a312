/// A series of one or several variables over time, as it was recorded.
public struct LongSeries: Sendable, Equatable {
  /// What it is called; empty where there is but one.
  public var name: String
  /// The numbers in the order `[time, variable]`; NaN where one is missing.
  public var values: [Float]

  /// Creates a series.
  public init(name: String = "", values: [Float]) {
    self.name = name
    self.values = values
  }

  /// Its first times, or as many of them as there are.
  public func prefix(_ times: Int, variables: Int) -> LongSeries {
    LongSeries(name: name, values: Array(values.prefix(max(0, times) * variables)))
  }
}
