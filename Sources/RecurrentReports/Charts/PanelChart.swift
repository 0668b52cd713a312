/// Small charts of dots, one for each thing that was varied, over vertical axes that are the same.
///
/// Every dot is in every panel, at the place of its value there. A panel whose values are all numbers
/// has an axis of numbers, logarithmic where these are positive and the largest is ten times the least
/// or more; another has a place for each value, in the order in which they first come. A dot without
/// a value, or with one that cannot be drawn (not a number, infinite, beyond ±10¹⁰⁰), is a cross at the
/// bottom.
///
/// The same chart always gives the same text, on any system and in any locale.
public struct PanelChart: Sendable, Hashable {
  /// Something that was measured.
  public struct Dot: Sendable, Hashable {
    /// What it is called under the pointer.
    public var name: String
    /// The value; nil where none came of it.
    public var y: Double?
    /// The ends of the values that `y` is the middle of, drawn as a thin line.
    public var range: ClosedRange<Double>?
    /// Whether it stands out from the others.
    public var isEmphasized: Bool

    /// Creates a dot.
    public init(
      name: String,
      y: Double?,
      range: ClosedRange<Double>? = nil,
      isEmphasized: Bool = false
    ) {
      self.name = name
      self.y = y
      self.range = range
      self.isEmphasized = isEmphasized
    }
  }

  /// One thing that was varied.
  public struct Panel: Sendable, Hashable {
    /// What was varied, written under its axis.
    public var name: String
    /// What it was for each dot, as text.
    public var values: [String]

    /// Creates a panel.
    public init(name: String, values: [String]) {
      self.name = name
      self.values = values
    }
  }

  /// What the chart shows, written above it.
  public var title: String
  /// The name of the vertical axes.
  public var yLabel: String
  /// What was measured.
  public var dots: [Dot]
  /// What was varied; each has a value for every dot.
  public var panels: [Panel]
  /// What a dot that stands out is, in the legend.
  public var emphasisName: String
  /// What a dot without a value is, in the legend.
  public var absenceName: String
  /// How values are written on the vertical axes.
  public var valueStyle: LineChart.ValueStyle

  /// Creates a chart.
  public init(
    title: String,
    yLabel: String,
    dots: [Dot],
    panels: [Panel],
    emphasisName: String = "best",
    absenceName: String = "no value",
    valueStyle: LineChart.ValueStyle = .number
  ) {
    self.title = title
    self.yLabel = yLabel
    self.dots = dots
    self.panels = panels
    self.emphasisName = emphasisName
    self.absenceName = absenceName
    self.valueStyle = valueStyle
  }

  /// The chart as the text of an SVG file, for light and dark backgrounds.
  public var svg: String { markup }

  /// The value of a dot, if it can be drawn.
  static func drawableValue(of dot: Dot) -> Double? {
    guard let y = dot.y, y.magnitude < ChartAxis.largestMagnitude else { return nil }
    return y
  }

  /// The chart in one sentence or more, for those who cannot see it.
  var summary: String {
    let names = panels.map(\.name).joined(separator: ", ")
    let missing = dots.count { Self.drawableValue(of: $0) == nil }
    var sentences = ["Dots of \(yLabel) by \(names): \(dots.count)."]
    if missing > 0 { sentences.append("\(absenceName): \(missing).") }
    for dot in dots where dot.isEmphasized {
      sentences.append("\(emphasisName): \(hoverText(of: dot)).")
    }
    return sentences.joined(separator: " ")
  }

  /// A dot in words.
  func hoverText(of dot: Dot) -> String {
    guard let y = Self.drawableValue(of: dot) else { return "\(dot.name): \(absenceName)" }
    let value =
      valueStyle == .percent ? NumberText.percent(y, places: 2) : NumberText.significant(y)
    return "\(dot.name): \(value)"
  }
}
