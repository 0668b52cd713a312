import Testing

@testable import RecurrentReports

struct LineChartTests {
  private func chart(_ values: [[Double]]) -> LineChart {
    LineChart(
      title: "Average cost",
      xLabel: "epoch",
      yLabel: "cost",
      series: values.enumerated().map { index, values in
        LineChart.Series(
          name: "series \(index)",
          points: values.enumerated().map {
            LineChart.Point(x: Double($0.offset + 1), y: $0.element)
          }
        )
      }
    )
  }

  @Test func `a small chart is drawn like this`() {
    let svg = chart([[2, 1, 0]]).svg
    let expected = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" width=\"720\" height=\"488\""
        + " viewBox=\"0 0 720 488\" role=\"img\" aria-labelledby=\"chart-title chart-desc\">",
      "<title id=\"chart-title\">Average cost</title>",
      "<desc id=\"chart-desc\">Line chart of cost by epoch."
        + " series 0: from 2 at epoch 1 to 0 at epoch 3.</desc>",
      "<rect class=\"paper\" width=\"720\" height=\"488\"/>",
      "<text x=\"24\" y=\"38\" class=\"title\">Average cost</text>",
      "<text x=\"46\" y=\"412.5\" text-anchor=\"end\">0.0</text>",
      "<path class=\"line s0 d0\" d=\"M62,88 371,248 680,408\"/>",
      "<g class=\"at\"><title>epoch 2\nseries 0: 1</title>"
        + "<rect x=\"216.5\" y=\"88\" width=\"309\" height=\"320\"/>"
        + "<circle class=\"s0\" cx=\"371\" cy=\"248\" r=\"5\"/></g>",
    ]
    for element in expected {
      #expect(svg.contains(element + "\n"), "missing: \(element)")
    }
    #expect(svg.contains("@media screen and (prefers-color-scheme:dark)"))
  }

  @Test(
    arguments: [
      [], [[]], [[1]], [[3, 3, 3]], [[.nan]], [[1, .nan, 3, .infinity, 5]], [[1e300, -1e300, 1]],
      [[1e99, -1e99]], [[1e-300, 2e-300]], [[1, 2], [2, 1], [0, 0]],
      [(0..<10_000).map { Double($0 % 100) }],
    ] as [[[Double]]]
  )
  func `any values give well-formed markup without stray numbers`(values: [[Double]]) {
    for scale in [LineChart.Scale.linear, .logarithmic] {
      for range in [nil, 0...1, 0.5...2] as [ClosedRange<Double>?] {
        var chart = chart(values)
        chart.verticalScale = scale
        chart.yRange = range
        let markup = WellFormedMarkup(chart.svg)
        #expect(markup.problem == nil)
        let drawn = markup.values(of: "d") + markup.values(of: "cy") + markup.values(of: "y")
        #expect(!drawn.contains { $0.contains("nan") || $0.contains("inf") })
      }
    }
  }

  @Test func `an empty chart says so`() {
    #expect(chart([]).svg.contains("No values to show yet"))
    #expect(chart([[.nan, .nan]]).svg.contains("No values to show yet"))
  }

  @Test func `a gap cuts the line and a lone point gets a marker`() {
    let values = (0..<40).map { $0 == 10 || $0 == 12 ? Double.nan : Double($0) }
    let markup = WellFormedMarkup(chart([values]).svg)
    let paths = zip(markup.elements, markup.attributes).filter { $0.0 == "path" }.map(\.1)
    let line = paths.first { $0["class"] == "line s0 d0" }?["d"] ?? ""
    #expect(line.count { $0 == "M" } == 2)
    let dots = paths.first { $0["class"] == "dots s0" }?["d"] ?? ""
    #expect(dots.count { $0 == "M" } == 1)
  }

  @Test func `series differ by colour, dashes and markers`() {
    let svg = chart((0..<8).map { [Double($0), 1] }).svg
    #expect(svg.contains("line s0 d0") && svg.contains("line s1 d1") && svg.contains("line s0 d2"))
    let outlines = (0..<4).map { LineChart.marker(ofSeries: $0, at: "1,1") }
    #expect(Set(outlines).count == 4)
  }

  @Test func `names are escaped everywhere`() {
    let nasty = "</text><script>\"&'"
    let chart = LineChart(
      title: nasty,
      xLabel: nasty,
      yLabel: nasty,
      series: [
        .init(name: nasty, points: [.init(x: 1, y: 1)]),
        .init(name: nasty, points: [.init(x: 1, y: 2)]),
      ]
    )
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    #expect(markup.count(of: "script") == 0)
    #expect(markup.text.contains(nasty))
  }

  @Test func `ten thousand points stay a small file and keep their peak`() {
    var values = (0..<10_000).map { Double($0 % 50) / 100 }
    values[5_003] = 1
    let chart = chart([values])
    #expect(chart.svg.utf8.count < 60_000)
    #expect(chart.hoverColumns().contains { $0.values.first?.y == 1 })
    #expect(chart.hoverColumns().count <= LineChart.hoverLimit + 4)
  }

  @Test func `a point's range is a thin line, and has room`() {
    var chart = chart([[2, 1, 0]])
    chart.series[0].points[1].range = 0.5...4
    let svg = chart.svg
    #expect(svg.contains(/<path class="line s0" style="stroke-width:1.2" d="M[\d.]+,88V368"\/>/))
    #expect(WellFormedMarkup(svg).problem == nil)
  }

  @Test func `a series can have another's colour`() {
    var chart = chart([[2, 1], [1, 2]])
    chart.series[1].color = 0
    chart.series[1].dashes = 1
    let svg = chart.svg
    #expect(svg.contains("line s0 d0") && svg.contains("line s0 d1") && !svg.contains("\"s1\""))
  }

  @Test func `a logarithmic horizontal axis spreads ratios evenly, and leaves out zero`() {
    var chart = chart([[1, 1, 1, 1]])
    for (index, x) in [0.0, 25, 50, 100].enumerated() { chart.series[0].points[index].x = x }
    chart.horizontalScale = .logarithmic
    let svg = chart.svg
    #expect(["25", "50", "100"].allSatisfy { svg.contains(">\($0)</text>") })
    let path = WellFormedMarkup(svg).values(of: "d").first { $0.contains(" ") && !$0.contains("m") }
    let places = path?.dropFirst().split(separator: " ").compactMap {
      $0.split(separator: ",").first.flatMap { Double($0) }
    }
    #expect(places?.count == 3)
    if let places { #expect(abs(places[0] + places[2] - 2 * places[1]) < 0.2) }
  }

  @Test func `a range that cuts off values hides them`() {
    var chart = chart([[5, 0.5, 0.2]])
    #expect(WellFormedMarkup(chart.svg).count(of: "svg") == 1)
    chart.yRange = 0...1
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.count(of: "svg") == 2)
    #expect(markup.count(of: "circle") == 2)
  }
}
