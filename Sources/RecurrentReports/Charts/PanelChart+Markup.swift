extension PanelChart {
  private static let width: Double = 720
  private static let margin: Double = 24
  private static let gap: Double = 28
  private static let header: Double = 64
  /// Above a plot, for the label of its highest tick, and below it, for those of its axis.
  private static let (above, below) = (10.0, 58.0)
  /// Between the ends of an axis of numbers and its plot.
  private static let inset: Double = 20
  private static let radius: Double = 4
  /// The ratio of the largest to the least value past which small ones are lost on a linear axis.
  private static let wideRatio = 30.0

  /// The rectangle of one panel, and the axes along it.
  private struct Plot {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
    var places: Places
    var axis: ChartAxis

    var right: Double { left + width }
    var bottom: Double { top + height }

    /// The drawing's horizontal coordinate of a place between the ends of the axis.
    func horizontal(_ fraction: Double) -> Double {
      let inset: Double = if case .numbers = places { PanelChart.inset } else { 0 }
      return left + inset + fraction * (width - 2 * inset)
    }

    /// The drawing's vertical coordinate of a value.
    func vertical(_ value: Double) -> Double {
      bottom - min(max(axis.fraction(of: value), 0), 1) * height
    }
  }

  /// Draws the chart.
  var markup: String {
    let columns = panels.count == 1 ? 1 : 2
    let rows = max(1, (panels.count + columns - 1) / columns)
    let height = columns == 1 ? 300.0 : 190
    let pitch = Self.above + height + Self.below
    var drawing = ChartDrawing(
      width: Self.width,
      height: Self.margin + Self.header + Double(rows) * pitch,
      placement: .standalone,
      title: title,
      summary: summary
    )
    drawing.addText(title, x: Self.margin, y: Self.margin + 14, classes: "title")
    drawing.addText(yLabel, x: Self.margin, y: Self.margin + 42, classes: "strong")
    addLegend(to: &drawing)
    let axis = verticalAxis
    let room = axis.ticks.map { TextWidth.estimate($0.label, fontSize: ChartStyle.labelSize) }.max()
    let labels = ((room ?? 0) + 10).rounded(.up)
    let span = Self.width - 2 * Self.margin - Double(columns - 1) * Self.gap
    for (index, panel) in panels.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let plot = Plot(
        left: Self.margin + Double(column) * (span / Double(columns) + Self.gap) + labels,
        top: Self.margin + Self.header + Double(row) * pitch + Self.above,
        width: span / Double(columns) - labels,
        height: height,
        places: Places(panel.values),
        axis: axis
      )
      addAxes(of: plot, named: panel.name, to: &drawing)
      addDots(panel.values, in: plot, to: &drawing)
    }
    return drawing.markup
  }

  /// The vertical axis of all panels.
  private var verticalAxis: ChartAxis {
    let drawn = dots.filter { Self.drawableValue(of: $0) != nil }
    let ends = drawn.compactMap(\.range).flatMap { [$0.lowerBound, $0.upperBound] }
    let values =
      drawn.compactMap(\.y) + ends.filter { $0.magnitude < ChartAxis.largestMagnitude }
    if valueStyle == .number, let least = values.min(), let most = values.max(),
      least > 1 / ChartAxis.largestMagnitude, most > least * Self.wideRatio
    {
      return .logarithmic(values: values, range: nil, style: valueStyle, tickLimit: 5)
    }
    return .vertical(values: values, range: nil, style: valueStyle, tickLimit: 5)
  }

  private func addLegend(to drawing: inout ChartDrawing) {
    var right = Self.width - Self.margin
    let middle = Self.margin + 37.5
    func add(_ name: String, _ sample: (Double, Double) -> String) {
      drawing.addText(name, x: right, y: middle + 4.5, anchor: "end", classes: "strong")
      right -= TextWidth.estimate(name, fontSize: ChartStyle.labelSize) + 10
      drawing.add(sample(right, middle))
      right -= 20
    }
    if dots.contains(where: { Self.drawableValue(of: $0) == nil }) {
      add(absenceName) { "\(Self.cross(x: $0, y: $1))/>" }
    }
    if dots.contains(where: \.isEmphasized) {
      add(emphasisName) { "\(Self.circle(isEmphasized: true, x: $0, y: $1))/>" }
    }
  }

  private func addAxes(of plot: Plot, named name: String, to drawing: inout ChartDrawing) {
    let (start, end) = (NumberText.coordinate(plot.left), NumberText.coordinate(plot.right))
    let bottom = NumberText.coordinate(plot.bottom)
    var grid = ""
    for tick in plot.axis.ticks {
      let height = plot.vertical(tick.value)
      grid += "M\(start),\(NumberText.coordinate(height))H\(end)"
      drawing.addText(tick.label, x: plot.left - 8, y: height + 4.5, anchor: "end")
    }
    if !grid.isEmpty { drawing.add("<path class=\"grid\" d=\"\(grid)\"/>") }
    var line = "M\(start),\(bottom)H\(end)"
    var taken = -Double.infinity
    for tick in plot.places.ticks {
      let x = plot.horizontal(tick.fraction)
      line += "M\(NumberText.coordinate(x)),\(bottom)v5"
      let half = TextWidth.estimate(tick.label, fontSize: ChartStyle.labelSize) / 2
      // A label that would run into the one before it is left out.
      guard x - half > taken + 4 else { continue }
      drawing.addText(tick.label, x: x, y: plot.bottom + 21, anchor: "middle")
      taken = x + half
    }
    drawing.add("<path class=\"axis\" d=\"\(line)\"/>")
    drawing.addText(
      name,
      x: plot.left + plot.width / 2,
      y: plot.bottom + 43,
      anchor: "middle",
      classes: "strong"
    )
  }

  private func addDots(_ values: [String], in plot: Plot, to drawing: inout ChartDrawing) {
    let pairs = zip(dots, values)
    // Those that stand out come last, over the others.
    for (dot, value) in pairs.filter({ !$0.0.isEmphasized }) + pairs.filter({ $0.0.isEmphasized }) {
      let x = plot.horizontal(plot.places.fraction(of: value))
      let title = "<title>\(MarkupText.escaped(hoverText(of: dot)))</title>"
      guard let y = Self.drawableValue(of: dot) else {
        drawing.add("\(Self.cross(x: x, y: plot.bottom - 8))>\(title)</path>")
        continue
      }
      if let range = dot.range, range.lowerBound < range.upperBound {
        let (low, high) = (plot.vertical(range.lowerBound), plot.vertical(range.upperBound))
        drawing.add(
          "<path class=\"line s\(dot.isEmphasized ? 1 : 0)\" style=\"stroke-width:1.2\""
            + " d=\"M\(NumberText.coordinate(x)),\(NumberText.coordinate(high))"
            + "V\(NumberText.coordinate(low))\"/>"
        )
      }
      let circle = Self.circle(isEmphasized: dot.isEmphasized, x: x, y: plot.vertical(y))
      drawing.add("\(circle)>\(title)</circle>")
    }
  }

  /// A dot's element, left open.
  private static func circle(isEmphasized: Bool, x: Double, y: Double) -> String {
    let place = "cx=\"\(NumberText.coordinate(x))\" cy=\"\(NumberText.coordinate(y))\""
    return isEmphasized
      ? "<circle class=\"mark s1\" \(place) r=\"\(NumberText.coordinate(radius + 1.5))\""
      : "<circle class=\"mark s0\" \(place) r=\"\(NumberText.coordinate(radius))\""
        + " fill-opacity=\"0.6\""
  }

  /// The element of what has no value, left open.
  private static func cross(x: Double, y: Double) -> String {
    let place = "\(NumberText.coordinate(x - 4)),\(NumberText.coordinate(y - 4))"
    return "<path class=\"line s6\" d=\"M\(place)l8,8m0,-8l-8,8\""
  }
}
