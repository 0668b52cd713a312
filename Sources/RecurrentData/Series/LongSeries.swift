public import Recurrent

/// A series of one or several variables over time, as it was recorded.
public struct LongSeries: Sendable, Equatable {
  /// What it is called; empty where there is but one.
  public var name: String
  /// The numbers, a row for each time and a column for each variable; NaN where one is missing.
  public var rows: NumberRows

  /// Creates a series.
  public init(name: String = "", rows: NumberRows) {
    self.name = name
    self.rows = rows
  }

  /// Creates a series of numbers `[time, variable]`.
  ///
  /// - Precondition: There are numbers for all variables at each time.
  public init(name: String = "", values: [Float], variables: Int) {
    self.init(name: name, rows: NumberRows(values, columns: variables))
  }

  /// The number of times.
  public var times: Int { rows.count }

  /// All its numbers, `[time, variable]`.
  public var values: [Float] { rows.numbers(in: 0..<rows.count) }

  /// Its first times, or as many of them as there are.
  public func prefix(_ times: Int) -> LongSeries {
    LongSeries(name: name, rows: rows.slice(0..<min(max(0, times), rows.count)))
  }
}
