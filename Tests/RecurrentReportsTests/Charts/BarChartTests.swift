import Testing

@testable import RecurrentReports

struct BarChartTests {
  private func chart(_ values: [Double]) -> BarChart {
    BarChart(
      title: "Times",
      groups: [
        BarChart.Group(
          name: "one step",
          bars: values.enumerated().map { index, value in
            BarChart.Bar(name: "bar \(index)", value: value, text: "\(value) ms")
          }
        )
      ]
    )
  }

  /// The widths of the bars, in order.
  private func widths(_ chart: BarChart) -> [Double] {
    let markup = WellFormedMarkup(chart.svg)
    return zip(markup.elements, markup.attributes)
      .filter { $0.0 == "rect" && $0.1["class"]?.hasPrefix("mark") == true }
      .map { Double($0.1["width"] ?? "") ?? .nan }
  }

  @Test func `a small chart is drawn like this`() {
    var chart = chart([8, 4])
    chart.groups[0].bars[0].isEmphasized = true
    chart.groups[0].bars[1].range = 2...6
    let svg = chart.svg
    let expected = [
      "<text x=\"24\" y=\"38\" class=\"title\">Times</text>",
      "<text x=\"24\" y=\"77\" class=\"strong\">one step</text>",
      "<desc id=\"chart-desc\">Bar chart. one step: bar 0 8.0 ms, bar 1 4.0 ms.</desc>",
    ]
    for element in expected {
      #expect(svg.contains(element + "\n"), "missing: \(element)")
    }
    #expect(svg.contains("class=\"mark s0\"><title>bar 0: 8.0 ms</title></rect>"))
    #expect(svg.contains("class=\"mark s6\" fill-opacity=\"0.45\"><title>bar 1: 4.0 ms</title>"))
    #expect(WellFormedMarkup(svg).problem == nil)
  }

  @Test func `lengths are in proportion within a group and independent between groups`() {
    var chart = chart([1, 2, 4])
    chart.groups.append(
      BarChart.Group(name: "rare", bars: [.init(name: "a", value: 1e9, text: "")])
    )
    let widths = widths(chart)
    #expect(widths.count == 4)
    #expect(abs(widths[2] - 4 * widths[0]) < 0.3 && abs(widths[2] - 2 * widths[1]) < 0.2)
    #expect(widths[3] == widths[2])
  }

  @Test func `the largest of a range sets the scale, and nothing leaves the drawing`() {
    var chart = chart([10, 5])
    chart.groups[0].bars[1].range = 1...20
    let widths = widths(chart)
    #expect(abs(widths[0] - 2 * widths[1]) < 0.2)
    #expect(24 + 2 * widths[0] < 720)
  }

  @Test func `a bar past the limit of its group is cut and has a gap`() {
    var chart = chart([1, 4, 100])
    chart.groups[0].limit = 8
    chart.groups[0].bars[1].range = 3...9
    let widths = widths(chart)
    #expect(widths.count == 4)
    #expect(abs(widths[1] - 4 * widths[0]) < 0.3)
    #expect(widths[2] < 8 * widths[0] && widths[2] + widths[3] < 8 * widths[0])
    #expect(widths[2] + widths[3] > 7 * widths[0])
    #expect(chart.svg.contains("bar 2: 100.0 ms"))
    #expect(WellFormedMarkup(chart.svg).problem == nil)
  }

  @Test(
    arguments: [
      [], [0], [0, 0], [.nan], [-1, 2], [.infinity, 3], [1e300, 1], [1e99, 1e-99],
      (0..<50).map(Double.init),
    ] as [[Double]]
  )
  func `any values give well-formed markup without stray numbers`(values: [Double]) {
    let chart = chart(values)
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    #expect(widths(chart).count == values.count { BarChart.isDrawable($0) })
    let drawn = markup.values(of: "x") + markup.values(of: "width") + markup.values(of: "d")
    #expect(!drawn.contains { $0.contains("nan") || $0.contains("inf") })
  }

  @Test func `an empty chart says so`() {
    #expect(BarChart(title: "Times", groups: []).svg.contains("No values to show yet"))
  }

  @Test func `names are escaped everywhere and shortened where long`() {
    let nasty = "</text><script>\"&' and so on, longer than there is room for in any chart"
    let bar = BarChart.Bar(name: nasty, value: 1, text: nasty, range: 0...2)
    let chart = BarChart(title: nasty, groups: [BarChart.Group(name: nasty, bars: [bar])])
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    #expect(markup.count(of: "script") == 0)
    #expect(markup.text.contains(nasty))
  }
}
