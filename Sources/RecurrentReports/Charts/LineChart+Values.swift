extension LineChart {
  /// The values that a page shows over a chart at most, before positions are left out.
  private static let valueLimit = 700

  /// How many positions along the horizontal axis show their values on a page, at most.
  var positionLimit: Int { max(12, min(120, Self.valueLimit / max(series.count, 1))) }

  /// The values as HTML that lies over the chart on a page.
  ///
  /// Each position is a radio button of one group: the pointer shows its values, and so does the
  /// keyboard, for which the group is one stop whose positions the arrow keys walk through. No script
  /// is needed.
  func valuesHTML(identifier: String) -> String {
    let layout = layout(for: .embedded(identifier: identifier))
    let plot = layout.plot
    let columns = hoverColumns(limit: positionLimit)
    guard !columns.isEmpty else { return "" }
    let places = columns.map { plot.horizontal($0.x) }
    let averages = series.map { line in
      Dictionary(
        (smoothed(line) ?? []).map { ($0.x, $0.y) },
        uniquingKeysWith: { first, _ in first }
      )
    }
    var items = ""
    for (offset, column) in columns.enumerated() {
      let left = offset == 0 ? plot.left : (places[offset - 1] + places[offset]) / 2
      let isLast = offset == columns.count - 1
      let right = isLast ? plot.right : (places[offset] + places[offset + 1]) / 2
      let middle = Self.percent(places[offset] - left, of: right - left)
      let isOnTheLeft = places[offset] < plot.left + plot.width / 2
      let style =
        "left:\(Self.percent(left - plot.left, of: plot.width));"
        + "width:\(Self.percent(right - left, of: plot.width))"
        + (middle == "50%" ? "" : ";--x:\(middle)")
      var (dots, lines) = ("", "")
      for value in column.values {
        let color = colorClass(of: value.index)
        if plot.shows(value.y) {
          let top = Self.percent(plot.vertical(value.y) - plot.top, of: plot.height)
          dots += "<span class=\"\(color)\" style=\"top:\(top)\"></span>"
        }
        let average = averages[value.index][column.x].map { ", smoothed \(valueText($0))" } ?? ""
        let name = MarkupText.escaped(
          "\(series[value.index].name): \(valueText(value.y))\(average)"
        )
        lines += "<br /><b class=\"\(color)\">●</b> \(name)"
      }
      let heading = MarkupText.escaped("\(xLabel) \(NumberText.significant(column.x, digits: 7))")
      items +=
        "<label\(isOnTheLeft ? "" : " class=\"end\"") style=\"\(style)\">"
        + "<input type=\"radio\" name=\"\(identifier)-at\" />\(dots)"
        + "<span class=\"tip\">\(heading)\(lines)</span></label>\n"
    }
    let place =
      "left:\(Self.percent(plot.left, of: layout.width));"
      + "top:\(Self.percent(plot.top, of: layout.height));"
      + "width:\(Self.percent(plot.width, of: layout.width));"
      + "height:\(Self.percent(plot.height, of: layout.height))"
    return "<div class=\"values chart\" role=\"radiogroup\""
      + " aria-label=\"\(MarkupText.escaped("Values: \(title)"))\" style=\"\(place)\">\n"
      + items + "</div>\n"
  }

  /// A length as a share of another.
  private static func percent(_ length: Double, of whole: Double) -> String {
    guard whole > 0 else { return "0%" }
    let hundredths = Int((10_000 * length / whole).rounded())
    let (units, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let fraction = rest == 0 ? "" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return "\(hundredths < 0 ? "-" : "")\(units)\(fraction)%"
  }

  /// How many of the positions with values the page shows; nil if it shows them all.
  var shownPositions: (shown: Int, all: Int)? {
    let all = hoverColumns(limit: .max).count
    let shown = hoverColumns(limit: positionLimit).count
    return shown < all ? (shown, all) : nil
  }
}
