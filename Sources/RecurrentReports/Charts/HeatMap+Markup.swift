extension HeatMap {
  /// Where the parts of the chart go.
  private struct Plot {
    var left: Double
    var top: Double
    var cellWidth: Double
    let cellHeight: Double = 32
  }

  private static let margin: Double = 20
  private static let lineHeight: Double = 19
  /// The widest a row's name may be drawn.
  private static let longestName: Double = 150

  /// Draws the chart.
  func markup(for placement: ChartPlacement) -> String {
    let margin = placement.isStandalone ? Self.margin : 0
    let labels = (rowNames + [rowLabel]).map(Self.width)
    let left = margin + min(labels.max() ?? 0, Self.longestName) + 10
    let texts = columnNames + cells.map { text(of: $0.value) }
    let cellWidth = max(46, min(Self.longestName, (texts.map(Self.width).max() ?? 0) + 10))
    let width = max(left + Double(columnNames.count) * cellWidth + margin, 300)
    var drawing = ChartDrawing(
      width: width,
      height: 0,
      placement: placement,
      title: title,
      summary: summary
    )
    var top = margin
    if placement.isStandalone { addHeading(to: &drawing, top: &top) }
    let plot = Plot(left: left, top: top + 48, cellWidth: cellWidth)
    drawing.height = plot.top + Double(rowNames.count) * plot.cellHeight + margin + 4
    guard !rowNames.isEmpty, !columnNames.isEmpty else {
      drawing.addText("No values to show", x: margin, y: plot.top)
      return drawing.markup
    }
    addNames(plot, to: &drawing)
    for row in rowNames.indices {
      for column in columnNames.indices { addCell(row, column, plot, to: &drawing) }
    }
    return drawing.markup
  }

  private static func width(_ text: String) -> Double {
    TextWidth.estimate(text, fontSize: ChartStyle.labelSize)
  }

  /// Adds title and note, broken into lines, and moves `top` below them.
  private func addHeading(to drawing: inout ChartDrawing, top: inout Double) {
    let room = drawing.width - 2 * Self.margin
    for line in TextWidth.wrapped(title, toFit: room, fontSize: ChartStyle.titleSize) {
      top += 23
      drawing.addText(line, x: Self.margin, y: top - 6, classes: "title")
    }
    for line in TextWidth.wrapped(note, toFit: room, fontSize: ChartStyle.labelSize) {
      top += Self.lineHeight
      drawing.addText(line, x: Self.margin, y: top - 5)
    }
  }

  private func addNames(_ plot: Plot, to drawing: inout ChartDrawing) {
    let baseline = plot.top - 10
    drawing.addText(rowLabel, x: plot.left - 10, y: baseline, anchor: "end", classes: "strong")
    drawing.addText(columnLabel, x: plot.left + 2, y: baseline - 19, classes: "strong")
    for (column, name) in columnNames.enumerated() {
      addName(
        name,
        x: plot.left + (Double(column) + 0.5) * plot.cellWidth,
        y: baseline,
        anchor: "middle",
        room: plot.cellWidth - 4,
        to: &drawing
      )
    }
    for (row, name) in rowNames.enumerated() {
      addName(
        name,
        x: plot.left - 10,
        y: plot.top + (Double(row) + 0.5) * plot.cellHeight + ChartStyle.labelSize * 0.35,
        anchor: "end",
        room: Self.longestName,
        to: &drawing
      )
    }
  }

  private func addName(
    _ name: String,
    x: Double,
    y: Double,
    anchor: String,
    room: Double,
    to drawing: inout ChartDrawing
  ) {
    let shown = TextWidth.shortened(name, toFit: room, fontSize: ChartStyle.labelSize)
    let hover = shown == name ? nil : name
    drawing.addText(shown, x: x, y: y, anchor: anchor, hover: hover)
  }

  private func addCell(_ row: Int, _ column: Int, _ plot: Plot, to drawing: inout ChartDrawing) {
    let left = plot.left + Double(column) * plot.cellWidth
    let top = plot.top + Double(row) * plot.cellHeight
    let area =
      ChartDrawing.rectangle(
        x: left + 1,
        y: top + 1,
        width: plot.cellWidth - 2,
        height: plot.cellHeight - 2
      ) + " rx=\"3\""
    guard let value = value(row, column) else {
      drawing.add("\(area) class=\"blank\"/>")
      return
    }
    let hundredths = Int((6 + 94 * share(of: value)).rounded())
    let opacity = NumberText.fixed(Double(hundredths) / 100, places: 2)
    drawing.add(
      "<g><title>\(MarkupText.escaped(sentence(row, column)))</title>"
        + "\(area) class=\"hit\" fill-opacity=\"\(opacity)\"/>"
    )
    drawing.addText(
      text(of: value),
      x: left + plot.cellWidth / 2,
      y: top + plot.cellHeight / 2 + ChartStyle.labelSize * 0.36,
      anchor: "middle",
      classes: Self.textClass(onShade: hundredths)
    )
    drawing.add("</g>")
  }

  /// The class of a number's colour, whose contrast with the shade is 4 to 1 at least.
  ///
  /// On white paper dark text stands out better up to shade 85, on dark paper light text up to 62.
  private static func textClass(onShade hundredths: Int) -> String {
    switch hundredths {
    case ...62: "count"
    case ...85: "count between"
    default: "count over"
    }
  }
}
