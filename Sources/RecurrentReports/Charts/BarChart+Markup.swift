extension BarChart {
  private static let width: Double = 720
  private static let barHeight: Double = 14
  private static let barPitch: Double = 21
  private static let headingHeight: Double = 26
  private static let groupGap: Double = 18
  private static let widestName: Double = 200
  private static let gap: Double = 10
  /// The gap in a bar that is cut, and what follows it.
  private static let cutGap: Double = 4
  private static let cutEnd: Double = 12

  /// Where bars begin, and how long the longest may be.
  private struct Columns {
    var left: Double
    var length: Double
  }

  /// Draws the chart.
  func markup(for placement: ChartPlacement) -> String {
    let isStandalone = placement.isStandalone
    let margin = isStandalone ? 24.0 : 0
    let top = isStandalone ? margin + 40 : 0
    let heights = groups.map { Self.headingHeight + Double($0.bars.count) * Self.barPitch }
    let gaps = Double(max(0, groups.count - 1)) * Self.groupGap
    let height = heights.isEmpty ? 40 : heights.reduce(gaps, +)
    var drawing = ChartDrawing(
      width: Self.width,
      height: top + height + margin,
      placement: placement,
      title: title,
      summary: summary
    )
    if isStandalone { drawing.addText(title, x: margin, y: margin + 14, classes: "title") }
    if groups.isEmpty {
      drawing.addText("No values to show yet", x: margin, y: top + 20)
    }
    let columns = columns(margin: margin)
    var y = top
    for (group, height) in zip(groups, heights) {
      add(group, top: y, margin: margin, columns: columns, to: &drawing)
      y += height + Self.groupGap
    }
    return drawing.markup
  }

  /// Leaves room for the longest name on the left and the longest value on the right.
  private func columns(margin: Double) -> Columns {
    let bars = groups.flatMap(\.bars)
    let size = ChartStyle.labelSize
    let names = bars.map { TextWidth.estimate($0.name, fontSize: size) }.max() ?? 0
    let texts = bars.map { TextWidth.estimate($0.text, fontSize: size) }.max() ?? 0
    let left = margin + min(names, Self.widestName) + Self.gap
    let right = Self.width - margin - min(texts, Self.widestName) - Self.gap
    return Columns(left: left, length: right - left)
  }

  private func add(
    _ group: Group,
    top: Double,
    margin: Double,
    columns: Columns,
    to drawing: inout ChartDrawing
  ) {
    let size = ChartStyle.labelSize
    let heading = TextWidth.shortened(
      group.name,
      toFit: Self.width - 2 * margin,
      fontSize: size
    )
    drawing.addText(
      heading,
      x: margin,
      y: top + 13,
      classes: "strong",
      hover: heading == group.name ? nil : group.name
    )
    let ends = group.bars.map(\.value) + group.bars.compactMap { $0.range?.upperBound }
    let limit = group.limit.flatMap { $0 > 0 ? $0 : nil } ?? .infinity
    let largest = min(ends.filter { Self.isDrawable($0) }.max() ?? 0, limit)
    for (index, bar) in group.bars.enumerated() {
      let y = top + Self.headingHeight + Double(index) * Self.barPitch
      let name = TextWidth.shortened(bar.name, toFit: Self.widestName, fontSize: size)
      drawing.addText(
        name,
        x: columns.left - Self.gap,
        y: y + 11.5,
        anchor: "end",
        classes: bar.isEmphasized ? "strong" : "",
        hover: name == bar.name ? nil : bar.name
      )
      let end = add(bar, y: y, largest: largest, columns: columns, to: &drawing)
      let text = TextWidth.shortened(bar.text, toFit: Self.widestName, fontSize: size)
      drawing.addText(text, x: end + 6, y: y + 11.5, classes: bar.isEmphasized ? "strong" : "")
    }
    let axis = NumberText.coordinate(columns.left)
    let start = NumberText.coordinate(top + Self.headingHeight - 3)
    let length = NumberText.coordinate(Double(group.bars.count) * Self.barPitch)
    drawing.add("<path class=\"axis\" d=\"M\(axis),\(start)v\(length)\"/>")
  }

  /// Draws a bar, and the line of its range where that fits; returns where this ends on the right.
  private func add(
    _ bar: Bar,
    y: Double,
    largest: Double,
    columns: Columns,
    to drawing: inout ChartDrawing
  ) -> Double {
    guard Self.isDrawable(bar.value) else { return columns.left }
    func place(_ value: Double) -> Double {
      columns.left + (largest > 0 ? value / largest : 0) * columns.length
    }
    let color = ChartStyle.colorClass(ofSeries: bar.isEmphasized ? 0 : 6)
    let fade = bar.isEmphasized ? "" : " fill-opacity=\"0.45\""
    let title = MarkupText.escaped("\(bar.name): \(bar.text)")
    func addBar(from start: Double, to end: Double) {
      let rectangle = ChartDrawing.rectangle(
        x: start,
        y: y,
        width: end - start,
        height: Self.barHeight
      )
      drawing.add("\(rectangle) class=\"mark \(color)\"\(fade)><title>\(title)</title></rect>")
    }
    guard bar.value <= largest else {
      let end = columns.left + columns.length
      addBar(from: columns.left, to: end - Self.cutEnd - Self.cutGap)
      addBar(from: end - Self.cutEnd, to: end)
      return end
    }
    addBar(from: columns.left, to: place(bar.value))
    guard let range = bar.range, Self.isDrawable(range.lowerBound),
      range.upperBound <= largest
    else { return place(bar.value) }
    let middle = NumberText.coordinate(y + Self.barHeight / 2)
    let (low, high) = (place(range.lowerBound), place(range.upperBound))
    let (start, end) = (NumberText.coordinate(low), NumberText.coordinate(high))
    drawing.add("<path class=\"line s6\" d=\"M\(start),\(middle)H\(end)\"/>")
    return max(place(bar.value), high)
  }
}
