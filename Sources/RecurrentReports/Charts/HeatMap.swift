/// A table of numbers whose cells are shaded by their values.
///
/// A shade is the value's share of the full one. Rows may be missing or short; a value that is
/// missing, or not a finite number, leaves its cell blank.
public struct HeatMap: Sendable, Hashable {
  /// What the chart shows, written above it.
  public var title: String
  /// More about it, written below the title.
  public var note: String
  /// What the rows are.
  public var rowLabel: String
  /// What the columns are.
  public var columnLabel: String
  /// The rows' names, from top to bottom.
  public var rowNames: [String]
  /// The columns' names, from left to right.
  public var columnNames: [String]
  /// The values by row and then by column.
  public var values: [[Double?]]
  /// What the values are counted in.
  public var unit: String
  /// The value of the strongest shade, which larger ones have, too; by default the largest.
  public var fullValue: Double?

  /// Creates a chart.
  public init(
    title: String,
    note: String = "",
    rowLabel: String,
    columnLabel: String,
    rowNames: [String],
    columnNames: [String],
    values: [[Double?]],
    unit: String,
    fullValue: Double? = nil
  ) {
    self.title = title
    self.note = note
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.values = values
    self.unit = unit
    self.fullValue = fullValue
  }

  /// The chart as the text of an SVG file, for light and dark backgrounds.
  public var svg: String { markup(for: .standalone) }

  /// A cell's value, if it has one that can be drawn.
  func value(_ row: Int, _ column: Int) -> Double? {
    guard values.indices.contains(row), values[row].indices.contains(column) else { return nil }
    return values[row][column].flatMap { $0.isFinite ? $0 : nil }
  }

  /// The cells with a value, row by row.
  var cells: [(row: Int, column: Int, value: Double)] {
    rowNames.indices.flatMap { row in
      columnNames.indices.compactMap { column in
        value(row, column).map { (row, column, $0) }
      }
    }
  }

  /// A value's share of the full one, from 0 to 1.
  func share(of value: Double) -> Double {
    let full = fullValue ?? cells.map(\.value).max() ?? 0
    return full > 0 ? min(1, max(0, value / full)) : 0
  }

  /// A value with a decimal where it is small, which a cell has room for.
  func text(of value: Double) -> String {
    NumberText.fixed(value, places: value.magnitude < 9.95 ? 1 : 0)
  }

  /// A cell as a sentence.
  func sentence(_ row: Int, _ column: Int) -> String {
    let place = "\(rowLabel) \(rowNames[row]), \(columnLabel) \(columnNames[column])"
    guard let value = value(row, column) else { return "\(place): no value" }
    return "\(place): \(NumberText.significant(value)) \(unit)"
  }

  /// The chart in a few sentences, for those who cannot see it.
  var summary: String {
    let ranked = cells.sorted { $0.value < $1.value }
    let start = "Heat map of \(unit) by \(rowLabel) and \(columnLabel)."
    guard let least = ranked.first, let most = ranked.last else { return start + " No values." }
    return start + " Least: \(sentence(least.row, least.column))."
      + " Most: \(sentence(most.row, most.column))."
  }
}
