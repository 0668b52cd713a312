/// A chart of one or more series of points joined by lines.
///
/// Any number of points will do, none included. A value that cannot be drawn (not a number,
/// infinite, beyond ±10¹⁰⁰, or not positive on a logarithmic axis) leaves a gap in its line.
/// Points are joined in the order given. Series differ by colour and by dashes or markers.
///
/// The same chart always gives the same text, on any system and in any locale.
public struct LineChart: Sendable, Hashable {
  /// One value of a series.
  public struct Point: Sendable, Hashable {
    /// The position along the horizontal axis.
    public var x: Double
    /// The value.
    public var y: Double
    /// The ends of the values that `y` is the middle of, drawn as a thin line.
    public var range: ClosedRange<Double>?

    /// Creates a point.
    public init(x: Double, y: Double, range: ClosedRange<Double>? = nil) {
      self.x = x
      self.y = y
      self.range = range
    }
  }

  /// Points that belong together, under one name.
  public struct Series: Sendable, Hashable {
    /// What the legend calls the series.
    public var name: String
    /// The points, in the order in which they are joined.
    public var points: [Point]
    /// Which colour it has, counted from 0 and again from the first after the last; nil for that of its
    /// place among the series.
    public var color: Int?
    /// Which dashes it has, 0 for none, counted likewise; nil for those of its place.
    public var dashes: Int?

    /// Creates a series.
    public init(name: String, points: [Point], color: Int? = nil, dashes: Int? = nil) {
      self.name = name
      self.points = points
      self.color = color
      self.dashes = dashes
    }
  }

  /// How values are spread along an axis.
  public enum Scale: Sendable, Hashable {
    /// Equal steps are equal differences.
    case linear
    /// Equal steps are equal ratios.
    case logarithmic
  }

  /// How values are written.
  public enum ValueStyle: Sendable, Hashable {
    /// As they are.
    case number
    /// As percentages: 1 is written 100%.
    case percent
  }

  /// What the chart shows, written above it.
  public var title: String
  /// The name of the horizontal axis.
  public var xLabel: String
  /// The name of the vertical axis.
  public var yLabel: String
  /// The lines to draw.
  public var series: [Series]
  /// The values at the ends of the vertical axis; by default chosen to hold all points.
  public var yRange: ClosedRange<Double>?
  /// How values are spread along the vertical axis.
  public var verticalScale: Scale
  /// How positions are spread along the horizontal axis.
  public var horizontalScale: Scale
  /// How values are written on the vertical axis.
  public var valueStyle: ValueStyle
  /// Whether series of 20 points or more are drawn as a thin line with their moving average.
  public var isSmoothed: Bool

  /// Creates a chart.
  public init(
    title: String,
    xLabel: String,
    yLabel: String,
    series: [Series],
    yRange: ClosedRange<Double>? = nil,
    verticalScale: Scale = .linear,
    horizontalScale: Scale = .linear,
    valueStyle: ValueStyle = .number,
    isSmoothed: Bool = false
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.yRange = yRange
    self.verticalScale = verticalScale
    self.horizontalScale = horizontalScale
    self.valueStyle = valueStyle
    self.isSmoothed = isSmoothed
  }

  /// The chart as the text of an SVG file, for light and dark backgrounds.
  public var svg: String { markup(for: .standalone) }

  /// Whether a point can appear on the chart at all.
  func isDrawable(_ point: Point) -> Bool {
    isDrawable(point.x, on: horizontalScale) && isDrawable(point.y, on: verticalScale)
  }

  /// Whether a value can appear on an axis.
  private func isDrawable(_ value: Double, on scale: Scale) -> Bool {
    // Comparisons with what is not a number are false.
    guard value.magnitude < ChartAxis.largestMagnitude else { return false }
    return scale == .linear || value > 1 / ChartAxis.largestMagnitude
  }

  /// The values that a point takes up on the vertical axis: its own, and the ends of its range.
  func values(of point: Point) -> [Double] {
    let ends = [point.range?.lowerBound, point.range?.upperBound].compactMap(\.self)
    return [point.y] + ends.filter { isDrawable($0, on: verticalScale) }
  }

  /// The class of a series' colour.
  func colorClass(of index: Int) -> String {
    ChartStyle.colorClass(ofSeries: series[index].color ?? index)
  }

  /// The class of a series' dashes.
  func dashClass(of index: Int) -> String {
    ChartStyle.dashClass(ofSeries: series[index].dashes ?? index)
  }

  /// The chart in one sentence or more, for those who cannot see it.
  var summary: String {
    var sentences = ["Line chart of \(yLabel) by \(xLabel)."]
    for line in series {
      let points = line.points.filter(isDrawable)
      guard let first = points.first, let last = points.last else {
        sentences.append("\(line.name): no values.")
        continue
      }
      let from = "\(valueText(first.y)) at \(xLabel) \(NumberText.significant(first.x, digits: 7))"
      let to = "\(valueText(last.y)) at \(xLabel) \(NumberText.significant(last.x, digits: 7))"
      sentences.append(
        points.count == 1 ? "\(line.name): \(from)." : "\(line.name): from \(from) to \(to)."
      )
    }
    if let smoothingWeight {
      sentences.append("Thick lines are moving averages with weight \(smoothingWeight).")
    }
    return sentences.joined(separator: " ")
  }

  /// A value as a reader of the chart would want it.
  func valueText(_ value: Double) -> String {
    switch valueStyle {
    case .number: NumberText.significant(value)
    case .percent: NumberText.percent(value, places: 2)
    }
  }
}

extension LineChart {
  /// The ratio of the largest to the least value past which small ones are lost on a linear axis.
  private static let wideRatio = 30.0

  /// The chart with equal steps for equal ratios, where its values are positive and wide apart.
  func spreadByRatio() -> LineChart {
    var chart = self
    let values = series.flatMap { $0.points.filter(isDrawable).map(\.y) }
    if let least = values.min(), let most = values.max(), least > 0,
      most > least * Self.wideRatio
    {
      chart.verticalScale = .logarithmic
    }
    return chart
  }
}
