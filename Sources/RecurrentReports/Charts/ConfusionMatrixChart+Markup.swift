extension ConfusionMatrixChart {
  /// Draws the chart.
  func markup(for placement: ChartPlacement) -> String {
    let isStandalone = placement.isStandalone
    let margin = isStandalone ? 24.0 : 0
    let note = "Blue: read rightly. Orange: read wrongly. Shade: share of the row."
    let noteWidth = TextWidth.estimate(note, fontSize: ChartStyle.labelSize)
    let plot = plot(
      margin: margin,
      top: isStandalone ? margin + 34 : 0,
      isEmbedded: !isStandalone
    )
    var drawing = ChartDrawing(
      width: max(plot.width, isStandalone ? noteWidth + 2 * margin : 200),
      height: plot.height + (isStandalone ? 34 + margin : 4),
      placement: placement,
      title: title,
      summary: summary
    )
    if plot.isCompact { drawing.extraClass = "compact" }
    if isStandalone {
      drawing.addText(title, x: margin, y: margin + 14, classes: "title")
      drawing.addText(note, x: margin, y: plot.height + 28)
    }
    guard classCount > 0 else {
      drawing.addText("No classes to show", x: margin, y: plot.top)
      return drawing.markup
    }
    addHeadings(plot, to: &drawing)
    for row in 0..<classCount {
      addRow(row, plot: plot, to: &drawing)
    }
    return drawing.markup
  }

  private func addHeadings(_ plot: Plot, to drawing: inout ChartDrawing) {
    let baseline = plot.top - 10
    let right = plot.left + Double(classCount) * plot.cell + plot.accuracyWidth
    drawing.addText("true", x: plot.left - 10, y: baseline, anchor: "end", classes: "strong")
    drawing.addText(
      "read as",
      x: plot.turnsColumnNames ? plot.left - 10 : plot.left,
      y: baseline - 24,
      anchor: plot.turnsColumnNames ? "end" : "start",
      classes: "strong"
    )
    drawing.addText("accuracy", x: right, y: baseline, anchor: "end", classes: "strong")
    for column in 0..<classCount {
      let middle = plot.left + (Double(column) + 0.5) * plot.cell
      addName(
        of: column,
        plot: plot,
        x: plot.turnsColumnNames ? middle + plot.nameSize * 0.3 : middle,
        y: plot.turnsColumnNames ? plot.top - 8 : baseline,
        anchor: plot.turnsColumnNames ? "start" : "middle",
        turnedBy: plot.turnsColumnNames ? -45 : 0,
        to: &drawing
      )
    }
  }

  private func addRow(_ row: Int, plot: Plot, to drawing: inout ChartDrawing) {
    let top = plot.top + Double(row) * plot.cell
    let middle = top + plot.cell / 2
    let total = total(ofRow: row)
    addName(
      of: row,
      plot: plot,
      x: plot.left - 10,
      y: middle + plot.nameSize * 0.35,
      anchor: "end",
      turnedBy: 0,
      to: &drawing
    )
    for column in 0..<classCount {
      addCell(row, column, total: total, plot: plot, to: &drawing)
    }
    drawing.addText(
      accuracy(ofRow: row).map { NumberText.percent($0, places: 1) } ?? "–",
      x: plot.left + Double(classCount) * plot.cell + plot.accuracyWidth,
      y: middle + plot.nameSize * 0.35,
      anchor: "end",
      classes: "strong",
      fontSize: plot.isCompact ? nil : plot.nameSize
    )
  }

  private func addCell(
    _ row: Int,
    _ column: Int,
    total: Int,
    plot: Plot,
    to drawing: inout ChartDrawing
  ) {
    let count = count(row, column)
    let left = plot.left + Double(column) * plot.cell
    let top = plot.top + Double(row) * plot.cell
    let side = plot.cell - 2
    let square =
      ChartDrawing.rectangle(x: left + 1, y: top + 1, width: side, height: side) + " rx=\"3\""
    guard count > 0 else {
      drawing.add("\(square) class=\"blank\"/>")
      return
    }
    let share = Double(count) / Double(total)
    let opacity = 0.06 + 0.94 * share.squareRoot()
    let sentence =
      "true \(name(of: row)), read as \(name(of: column)): "
      + "\(NumberText.grouped(count)) of \(NumberText.grouped(total)), "
      + NumberText.percent(share, places: 1)
    let color = row == column ? "hit" : "miss"
    drawing.add(
      "<g><title>\(MarkupText.escaped(sentence))</title>\(square) class=\"\(color)\""
        + " fill-opacity=\"\(Self.twoPlaces(opacity))\"/>"
    )
    drawing.addText(
      "\(count)",
      x: left + plot.cell / 2,
      y: top + plot.cell / 2 + plot.countSize * 0.36,
      anchor: "middle",
      classes: opacity > 0.62 ? "count over" : "count",
      fontSize: plot.countSize
    )
    drawing.add("</g>")
  }

  private func addName(
    of index: Int,
    plot: Plot,
    x: Double,
    y: Double,
    anchor: String,
    turnedBy degrees: Int,
    to drawing: inout ChartDrawing
  ) {
    let name = name(of: index)
    let size = plot.isCompact ? ChartStyle.narrowLabelSize : plot.nameSize
    let isTooWide = TextWidth.estimate(name, fontSize: size) > plot.nameRoom + 0.01
    let shown =
      isTooWide ? TextWidth.shortened(name, toFit: plot.nameRoom, fontSize: plot.nameSize) : name
    drawing.addText(
      shown,
      x: x,
      y: y,
      anchor: anchor,
      fontSize: plot.isCompact ? nil : plot.nameSize,
      turnedBy: degrees,
      hover: shown == name ? nil : name
    )
  }

  private static func twoPlaces(_ share: Double) -> String {
    let hundredths = Int((share * 100).rounded())
    guard hundredths < 100 else { return "1" }
    return hundredths < 10 ? "0.0\(hundredths)" : "0.\(hundredths)"
  }
}
