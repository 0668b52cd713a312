/// A page that needs nothing else: styles, charts and pictures are inside it, and it holds no script.
struct Page {
  /// The heading, as plain text.
  var heading: String
  /// What stands over the heading, as plain text; empty for nothing.
  var kicker: String
  /// What stands under it, as plain text; empty for nothing.
  var lead: String
  /// What follows, as markup.
  var sections: [String]

  /// The page as the text of an HTML file.
  var html: String {
    let heading = MarkupText.escaped(heading)
    let title = kicker.isEmpty ? heading : "\(heading) – \(MarkupText.escaped(kicker))"
    let run = kicker.isEmpty ? "" : "<p class=\"run\">\(MarkupText.escaped(kicker))</p>\n"
    let lead = lead.isEmpty ? "" : "<p class=\"lead\">\(MarkupText.escaped(lead))</p>\n"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />
      <title>\(title)</title>
      <style>
      \(PageStyle.rules)
      \(ChartStyle.rules)
      \(ChartStyle.narrowRules)
      \(PageStyle.valueRules)
      </style>
      </head>
      <body>
      <main>
      <header>
      \(run)<h1>\(heading)</h1>
      \(lead)</header>
      \(sections.joined())</main>
      </body>
      </html>

      """
  }

  /// A section of charts side by side, with their values under the pointer and the arrow keys.
  ///
  /// `charts` come with identifiers that are unique in the page.
  static func charts(_ charts: [(chart: LineChart, identifier: String)], label: String) -> String {
    guard !charts.isEmpty else { return "" }
    let figures = charts.map { item in
      """
      <figure>
      <figcaption><h2>\(MarkupText.escaped(item.chart.title))</h2>
      \(item.chart.legendHTML)</figcaption>
      <div class="plot">
      \(item.chart.markup(for: .embedded(identifier: item.identifier)))\
      \(item.chart.valuesHTML(identifier: item.identifier))</div>
      </figure>

      """
    }
    return """
      <section class="curves" aria-label="\(MarkupText.escaped(label))">
      \(figures.joined())</section>

      """
  }

  /// What a reader of charts should know of them; empty without any values.
  static func chartNote(_ charts: [LineChart]) -> String {
    guard charts.contains(where: { !$0.hoverColumns().isEmpty }) else { return "" }
    var sentences = [
      "Point at a chart for its values, or press Tab until you are in it and then the arrow keys."
    ]
    if let weight = charts.compactMap(\.smoothingWeight).first {
      sentences.append(
        "Thin lines are values, thick ones their moving average (weight \(weight))."
      )
    }
    if let positions = charts.compactMap(\.shownPositions).max(by: { $0.all < $1.all }) {
      let (shown, all) = (NumberText.grouped(positions.shown), NumberText.grouped(positions.all))
      sentences.append(
        "Of \(all) positions \(shown) answer; lines that are thinned keep their lows and highs."
      )
    }
    return "<p class=\"note reading\">\(MarkupText.escaped(sentences.joined(separator: " ")))</p>\n"
  }
}
