extension LineChart {
  /// Positions along the horizontal axis that show their values under the pointer, at most.
  static let hoverLimit = 160
  /// The most series whose ends and extremes are found in any case.
  private static let essentialSeries = 8

  /// What the pointer finds at one position: the values of all series there.
  struct HoverColumn: Equatable {
    /// A series' value.
    struct Value: Equatable {
      var index: Int
      var y: Double
    }

    var x: Double
    var values: [Value]
  }

  /// The positions that answer to the pointer, from left to right.
  ///
  /// Where there are more than `limit`, every so manieth is kept, along with the first, the last and
  /// the lowest and highest of each series where these are few.
  func hoverColumns(limit: Int = Self.hoverLimit) -> [HoverColumn] {
    var columns: [Double: HoverColumn] = [:]
    var essential: Set<Double> = []
    for (index, line) in series.enumerated() {
      let points = line.points.filter(isDrawable)
      for point in points {
        let value = HoverColumn.Value(index: index, y: point.y)
        var column = columns[point.x] ?? HoverColumn(x: point.x, values: [])
        if column.values.last?.index != index { column.values.append(value) }
        columns[point.x] = column
      }
      let extremes = [
        points.first, points.last, points.min { $0.y < $1.y }, points.max { $0.y < $1.y },
      ]
      if series.count <= Self.essentialSeries { essential.formUnion(extremes.compactMap { $0?.x }) }
    }
    let sorted = columns.values.sorted { $0.x < $1.x }
    guard sorted.count > limit else { return sorted }
    let every = (sorted.count - 1) / limit + 1
    return sorted.enumerated()
      .filter { $0.offset.isMultiple(of: every) || essential.contains($0.element.x) }
      .map(\.element)
  }

  /// Draws invisible columns over the plot that name their values under the pointer.
  func addHoverColumns(plot: Plot, to drawing: inout ChartDrawing) {
    let columns = hoverColumns()
    let places = columns.map { plot.horizontal($0.x) }
    for (offset, column) in columns.enumerated() {
      let left = offset == 0 ? plot.left : (places[offset - 1] + places[offset]) / 2
      let isLast = offset == columns.count - 1
      let right = isLast ? plot.right : (places[offset] + places[offset + 1]) / 2
      let area = ChartDrawing.rectangle(
        x: left,
        y: plot.top,
        width: right - left,
        height: plot.height
      )
      let circles = column.values.filter { plot.shows($0.y) }.map { value in
        let color = colorClass(of: value.index)
        let x = NumberText.coordinate(places[offset])
        let y = NumberText.coordinate(plot.vertical(value.y))
        return "<circle class=\"\(color)\" cx=\"\(x)\" cy=\"\(y)\" r=\"5\"/>"
      }
      let title = MarkupText.escaped(hoverText(column))
      drawing.add("<g class=\"at\"><title>\(title)</title>\(area)/>\(circles.joined())</g>")
    }
  }

  private func hoverText(_ column: HoverColumn) -> String {
    let values = column.values.map { "\(series[$0.index].name): \(valueText($0.y))" }
    let heading = "\(xLabel) \(NumberText.significant(column.x, digits: 7))"
    return ([heading] + values).joined(separator: "\n")
  }
}
