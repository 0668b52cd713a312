/// Parts of rows of numbers that begin at given places, and may overlap.
public struct NumberWindows: Sendable {
  /// The rows.
  public let rows: NumberRows
  /// Where each part begins.
  public let starts: [Int]

  /// Creates the parts of `rows` that begin at `starts`.
  public init(of rows: NumberRows, startingAt starts: [Int]) {
    self.rows = rows
    self.starts = starts
  }
}
