/// A chart of horizontal bars in groups, for comparing a few named values at a time.
///
/// Each group has a scale of its own, from zero to its largest value: bars within a group can be
/// compared by length, and groups may hold quantities of any size or unit. A group can have a limit,
/// past which a bar is cut, with a gap near its end to show it. A value that cannot be drawn (not a
/// number, infinite, negative or beyond 10¹⁰⁰) leaves its bar out but keeps its text.
///
/// The same chart always gives the same text, on any system and in any locale.
public struct BarChart: Sendable, Hashable {
  /// One named value.
  public struct Bar: Sendable, Hashable {
    /// What the bar stands for, written before it.
    public var name: String
    /// The bar's length, on the scale of its group.
    public var value: Double
    /// The value as it is written after the bar.
    public var text: String
    /// The ends of the values that `value` is the middle of, drawn as a thin line.
    public var range: ClosedRange<Double>?
    /// Whether the bar stands out from the others of its group.
    public var isEmphasized: Bool

    /// Creates a bar.
    public init(
      name: String,
      value: Double,
      text: String,
      range: ClosedRange<Double>? = nil,
      isEmphasized: Bool = false
    ) {
      self.name = name
      self.value = value
      self.text = text
      self.range = range
      self.isEmphasized = isEmphasized
    }
  }

  /// Bars to be compared with each other.
  public struct Group: Sendable, Hashable {
    /// What the bars have in common, written above them.
    public var name: String
    /// The bars, from top to bottom.
    public var bars: [Bar]
    /// The largest value drawn in full, above zero; nil for no limit.
    public var limit: Double?

    /// Creates a group.
    public init(name: String, bars: [Bar], limit: Double? = nil) {
      self.name = name
      self.bars = bars
      self.limit = limit
    }
  }

  /// What the chart shows, written above it.
  public var title: String
  /// The groups, from top to bottom.
  public var groups: [Group]

  /// Creates a chart.
  public init(title: String, groups: [Group]) {
    self.title = title
    self.groups = groups
  }

  /// The chart as the text of an SVG file, for light and dark backgrounds.
  public var svg: String { markup(for: .standalone) }

  /// The chart in one sentence or more, for those who cannot see it.
  var summary: String {
    let sentences = groups.map { group in
      let values = group.bars.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
      return "\(group.name): \(values.isEmpty ? "no values" : values)."
    }
    return (["Bar chart."] + sentences).joined(separator: " ")
  }

  /// Whether a value can be drawn as a length.
  static func isDrawable(_ value: Double) -> Bool {
    value >= 0 && value < ChartAxis.largestMagnitude
  }
}
