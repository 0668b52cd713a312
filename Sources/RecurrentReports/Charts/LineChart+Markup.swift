extension LineChart {
  /// Points of one series that are drawn at most; more are thinned.
  static let pointLimit = 1_600
  /// The longest series whose every point carries a visible marker.
  static let markerLimit = 26

  /// How large a drawing is, and where its parts go.
  struct Layout {
    var width: Double
    var height: Double
    var margin: Double
    var legend: [[LegendEntry]]
    var plot: Plot
  }

  /// The points of each series that are drawn at most where the chart goes.
  private func pointLimit(for placement: ChartPlacement) -> Int {
    placement.isStandalone
      ? Self.pointLimit : max(120, min(500, Self.pointLimit * 2 / max(series.count, 1)))
  }

  /// Places the parts of the chart.
  func layout(for placement: ChartPlacement) -> Layout {
    let isStandalone = placement.isStandalone
    let margin = isStandalone ? 24.0 : 0
    let width = isStandalone ? 720.0 : 560
    let legend = isStandalone ? legendRows(width: width - 2 * margin) : []
    let header = isStandalone ? 34 + Double(legend.count) * 24 : 0
    let labelSize = isStandalone ? ChartStyle.labelSize : ChartStyle.narrowLabelSize
    let plot = movedRight(
      plot(
        top: margin + header + (isStandalone ? 30 : 38),
        width: width - 2 * margin,
        height: isStandalone ? 320 : 250,
        labelSize: labelSize
      ),
      by: margin
    )
    return Layout(
      width: width,
      height: plot.bottom + 56 + margin,
      margin: margin,
      legend: legend,
      plot: plot
    )
  }

  /// Draws the chart; a page lays the values over it.
  func markup(for placement: ChartPlacement) -> String {
    let layout = layout(for: placement)
    let (plot, margin) = (layout.plot, layout.margin)
    var drawing = ChartDrawing(
      width: layout.width,
      height: layout.height,
      placement: placement,
      title: title,
      summary: summary
    )
    if placement.isStandalone {
      drawing.addText(title, x: margin, y: margin + 14, classes: "title")
      addLegend(layout.legend, to: &drawing, left: margin, top: margin + 34)
      if let smoothingNote {
        drawing.addText(smoothingNote, x: plot.right, y: plot.top - 14, anchor: "end")
      }
    }
    addAxes(of: plot, to: &drawing, left: margin)
    let needsClipping = series.contains { line in
      line.points.contains { isDrawable($0) && !plot.shows($0.y) }
    }
    if needsClipping { drawing.add(clippingFrame(plot)) }
    // Under all thick lines, which they would hide.
    for (index, line) in series.enumerated() where smoothed(line) != nil {
      let color = colorClass(of: index)
      let limit = pointLimit(for: placement)
      let trace = SeriesTrace(line.points, limit: limit, isDrawable: isDrawable)
      let path = trace.runs.filter { $0.count > 1 }.map { plot.path($0) }.joined()
      if !path.isEmpty { drawing.add("<path class=\"raw \(color)\" d=\"\(path)\"/>") }
    }
    for (index, line) in series.enumerated() {
      addLine(line, index: index, plot: plot, to: &drawing)
    }
    if needsClipping { drawing.add("</svg>") }
    if placement.isStandalone { addHoverColumns(plot: plot, to: &drawing) }
    return drawing.markup
  }

  private func movedRight(_ plot: Plot, by distance: Double) -> Plot {
    var moved = plot
    moved.left += distance
    return moved
  }

  private func addAxes(of plot: Plot, to drawing: inout ChartDrawing, left: Double) {
    let (start, end) = (NumberText.coordinate(plot.left), NumberText.coordinate(plot.right))
    var grid = ""
    for tick in plot.y.ticks {
      let height = plot.vertical(tick.value)
      grid += "M\(start),\(NumberText.coordinate(height))H\(end)"
      drawing.addText(tick.label, x: plot.left - 8, y: height + 4.5, anchor: "end")
    }
    if !grid.isEmpty { drawing.add("<path class=\"grid\" d=\"\(grid)\"/>") }
    let bottom = NumberText.coordinate(plot.bottom)
    var axis = "M\(start),\(bottom)H\(end)"
    for tick in plot.x.ticks {
      let position = plot.horizontal(tick.value)
      axis += "M\(NumberText.coordinate(position)),\(bottom)v5"
      drawing.addText(tick.label, x: position, y: plot.bottom + 23, anchor: "middle")
    }
    drawing.add("<path class=\"axis\" d=\"\(axis)\"/>")
    drawing.addText(
      yLabel,
      x: left,
      y: plot.top - (drawing.placement.isStandalone ? 14 : 20),
      classes: "strong"
    )
    let middle = plot.left + plot.width / 2
    drawing.addText(
      xLabel,
      x: middle,
      y: plot.bottom + 49,
      anchor: "middle",
      classes: "strong"
    )
    if !series.contains(where: { $0.points.contains(where: isDrawable) }) {
      let height = plot.top + plot.height / 2
      drawing.addText("No values to show yet", x: middle, y: height, anchor: "middle")
    }
  }

  /// A nested drawing in the same coordinates that hides what lies outside the plot, give or take
  /// half the width of a line.
  private func clippingFrame(_ plot: Plot) -> String {
    let (left, top) = (NumberText.coordinate(plot.left), NumberText.coordinate(plot.top - 2))
    let width = NumberText.coordinate(plot.width)
    let height = NumberText.coordinate(plot.height + 4)
    return "<svg x=\"\(left)\" y=\"\(top)\" width=\"\(width)\" height=\"\(height)\""
      + " viewBox=\"\(left) \(top) \(width) \(height)\" overflow=\"hidden\">"
  }

  private func addLine(
    _ line: Series,
    index: Int,
    plot: Plot,
    to drawing: inout ChartDrawing
  ) {
    let limit = pointLimit(for: drawing.placement)
    let trace = SeriesTrace(line.points, limit: limit, isDrawable: isDrawable)
    let (color, dashes) = (colorClass(of: index), dashClass(of: index))
    let average = smoothed(line)
    let runs =
      average.map { SeriesTrace($0, limit: limit / 2, isDrawable: isDrawable).runs } ?? trace.runs
    let path = runs.filter { $0.count > 1 }.map { plot.path($0) }.joined()
    if !path.isEmpty {
      drawing.add("<path class=\"line \(color) \(dashes)\" d=\"\(path)\"/>")
    }
    let drawn = trace.runs.flatMap { $0 }
    let ranges = drawn.compactMap { plot.range(of: $0, values: values(of: $0)) }
    if !ranges.isEmpty {
      drawing.add(
        "<path class=\"line \(color)\" style=\"stroke-width:1.2\" d=\"\(ranges.joined())\"/>"
      )
    }
    if drawn.count <= Self.markerLimit && average == nil {
      guard !drawn.isEmpty else { return }
      let path = drawn.map { Self.marker(ofSeries: index, at: plot.place(of: $0)) }.joined()
      drawing.add("<path class=\"mark \(color)\" d=\"\(path)\"/>")
    } else if !trace.isolatedPoints.isEmpty {
      let path = trace.isolatedPoints.map { "M\(plot.place(of: $0))h0" }.joined()
      drawing.add("<path class=\"dots \(color)\" d=\"\(path)\"/>")
    }
  }

  /// The outline of a series' marker: circle, square, diamond or triangle by turns.
  static func marker(ofSeries index: Int, at place: String) -> String {
    switch index % 4 {
    case 0: "M\(place)m-3.5,0a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0 -7,0z"
    case 1: "M\(place)m-3.2,-3.2h6.4v6.4h-6.4z"
    case 2: "M\(place)m0,-4.5l4.5,4.5l-4.5,4.5l-4.5,-4.5z"
    default: "M\(place)m0,-4.2l4.4,7.6h-8.8z"
    }
  }
}
