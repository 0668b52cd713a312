import Testing

@testable import RecurrentReports

struct PanelChartTests {
  private func chart(
    _ values: [Double?],
    _ panels: [PanelChart.Panel]
  ) -> PanelChart {
    PanelChart(
      title: "Sweep",
      yLabel: "accuracy",
      dots: values.enumerated().map { PanelChart.Dot(name: "trial \($0)", y: $1) },
      panels: panels,
      valueStyle: .percent
    )
  }

  /// The coordinates of the dots, panel by panel.
  private func dots(_ chart: PanelChart) -> [(x: Double, y: Double)] {
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    return zip(markup.elements, markup.attributes)
      .filter { $0.0 == "circle" && $0.1["class"]?.hasPrefix("mark") == true }
      .map { (Double($0.1["cx"] ?? "") ?? .nan, Double($0.1["cy"] ?? "") ?? .nan) }
  }

  @Test func `a small chart is drawn like this`() {
    var chart = chart(
      [0.5, 0.9, nil],
      [PanelChart.Panel(name: "cell", values: ["lstm", "gru", "lstm"])]
    )
    chart.dots[1].isEmphasized = true
    chart.dots[1].range = 0.85...0.95
    let svg = chart.svg
    let expected = [
      "<text x=\"24\" y=\"38\" class=\"title\">Sweep</text>",
      "<text x=\"24\" y=\"66\" class=\"strong\">accuracy</text>",
      "<text x=\"696\" y=\"66\" class=\"strong\" text-anchor=\"end\">no value</text>",
      "<desc id=\"chart-desc\">Dots of accuracy by cell: 3. no value: 1. best: trial 1: 90.00%.</desc>",
    ]
    for element in expected { #expect(svg.contains(element + "\n"), "missing: \(element)") }
    #expect(svg.contains("fill-opacity=\"0.6\"><title>trial 0: 50.00%</title></circle>"))
    #expect(svg.contains("r=\"5.5\"><title>trial 1: 90.00%</title></circle>"))
    #expect(svg.contains("<title>trial 2: no value</title></path>"))
    #expect(svg.contains("<path class=\"line s1\" style=\"stroke-width:1.2\" d=\"M"))
    #expect(WellFormedMarkup(svg).problem == nil)
  }

  @Test func `numbers far apart are spread by their ratios, others by their differences`() {
    for (values, middle) in [(["0.001", "0.01", "0.1"], 0.5), (["2", "4", "12"], 0.2)] {
      let dots = dots(chart([0.1, 0.2, 0.3], [PanelChart.Panel(name: "a", values: values)]))
      let share = (dots[1].x - dots[0].x) / (dots[2].x - dots[0].x)
      #expect(abs(share - middle) < 0.002)
      #expect(dots[0].y > dots[1].y && dots[1].y > dots[2].y)
    }
  }

  @Test func `words have places in the order in which they come`() {
    let places = PanelChart.Places(["gru", "lstm", "gru", "default"])
    #expect(places == .categories(["gru", "lstm", "default"]))
    #expect(places.fraction(of: "lstm") == 0.5)
    #expect(PanelChart.Places(["64", "64,64"]) == .categories(["64", "64,64"]))
    #expect(PanelChart.Places(["1", "default"]) == .categories(["1", "default"]))
    #expect(PanelChart.Places([]) == .categories([]))
    guard case .numbers(let axis) = PanelChart.Places(["0.001", "0.004", "0.016"]) else {
      Issue.record("these are numbers")
      return
    }
    #expect(axis.isLogarithmic && axis.ticks.map(\.label) == ["0.001", "0.004", "0.016"])
  }

  @Test func `every dot is in every panel, at one height, inside the drawing`() {
    let names = ["a", "b", "c"]
    let values = (0..<30).map { "\(1.0 + Double($0 * $0))" }
    let chart = chart(
      (0..<30).map { Double($0) / 30 },
      names.map { PanelChart.Panel(name: $0, values: values) }
    )
    let dots = dots(chart)
    #expect(dots.count == 90)
    #expect(dots.allSatisfy { (24...696).contains($0.x) && $0.y > 90 })
    // Two rows of panels.
    let heights = Set(dots.map(\.y))
    #expect(heights.count == 60)
    #expect(zip(dots[0..<30], dots[30..<60]).allSatisfy { $0.y == $1.y && $0.x < $1.x })
  }

  @Test func `nothing, one dot, and numbers that are none can be drawn`() {
    for values in [[], [0.5], [.nan, .infinity, 1e200, nil]] as [[Double?]] {
      let panel = PanelChart.Panel(name: "a & b", values: values.map { _ in "3" })
      var chart = chart(values, [panel])
      chart.valueStyle = .number
      #expect(WellFormedMarkup(chart.svg).problem == nil)
      chart.panels = []
      #expect(WellFormedMarkup(chart.svg).problem == nil)
    }
  }
}
