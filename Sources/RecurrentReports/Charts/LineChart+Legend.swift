extension LineChart {
  /// One entry of the legend and where it goes.
  struct LegendEntry: Equatable {
    var index: Int
    var name: String
    var x: Double
  }

  private static let sampleWidth: Double = 30
  private static let gap: Double = 24

  /// The legend's entries row by row, or nothing for a single series, which the title names.
  func legendRows(width: Double) -> [[LegendEntry]] {
    guard series.count > 1 else { return [] }
    var rows: [[LegendEntry]] = []
    var x = 0.0
    for (index, line) in series.enumerated() {
      let room = width - Self.sampleWidth - 8
      let size = ChartStyle.labelSize
      let name = TextWidth.shortened(line.name, toFit: room, fontSize: size)
      let needed = Self.sampleWidth + 8 + TextWidth.estimate(name, fontSize: size)
      if rows.isEmpty || x + needed > width {
        rows.append([])
        x = 0
      }
      rows[rows.count - 1].append(LegendEntry(index: index, name: name, x: x))
      x += needed + Self.gap
    }
    return rows
  }

  /// Draws the legend.
  func addLegend(
    _ rows: [[LegendEntry]],
    to drawing: inout ChartDrawing,
    left: Double,
    top: Double
  ) {
    for (row, entries) in rows.enumerated() {
      let middle = top + Double(row) * 24 + 8
      for entry in entries {
        drawing.add(legendSample(ofSeries: entry.index, x: left + entry.x, y: middle))
        drawing.addText(
          entry.name,
          x: left + entry.x + Self.sampleWidth + 8,
          y: middle + 4.5,
          classes: "strong",
          hover: entry.name == series[entry.index].name ? nil : series[entry.index].name
        )
      }
    }
  }

  /// A short piece of a series' line, with its marker where the line carries markers.
  func legendSample(ofSeries index: Int, x: Double, y: Double) -> String {
    let color = colorClass(of: index)
    let dashes = dashClass(of: index)
    let (start, middle) = (NumberText.coordinate(x + 1), NumberText.coordinate(y))
    let line = "<path class=\"line \(color) \(dashes)\" d=\"M\(start),\(middle)h28\"/>"
    let count = series[index].points.count(where: isDrawable)
    guard count <= Self.markerLimit, smoothed(series[index]) == nil else { return line }
    let place = NumberText.coordinate(x + 15) + "," + middle
    return line
      + "<path class=\"mark \(color)\" d=\"\(Self.marker(ofSeries: index, at: place))\"/>"
  }

  /// The legend as HTML, for a page that wraps it as it likes; empty for a single series.
  var legendHTML: String {
    guard series.count > 1 else { return "" }
    let items = series.enumerated().map { index, line in
      let sample = legendSample(ofSeries: index, x: 0, y: 6)
      let picture =
        "<svg class=\"chart\" width=\"30\" height=\"12\" viewBox=\"0 0 30 12\""
        + " aria-hidden=\"true\">\(sample)</svg>"
      return "<li>\(picture) \(MarkupText.escaped(line.name))</li>"
    }
    return "<ul class=\"legend\">\(items.joined())</ul>\n"
  }
}
