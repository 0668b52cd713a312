import Testing

@testable import RecurrentReports

struct HeatMapTests {
  private let chart = HeatMap(
    title: "Speed & size",
    note: "On <one> machine",
    rowLabel: "hidden",
    columnLabel: "batch",
    rowNames: ["4", "1024"],
    columnNames: ["1", "16", "256"],
    values: [[7.26, 100, nil], [0, 200.4, .nan]],
    unit: "GFLOP/s"
  )

  @Test func `every value is told, in its cell and under the pointer`() {
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    for text in ["7.3", "100", "200", "0.0", "Speed & size", "On <one> machine"] {
      #expect(markup.text.contains(text))
    }
    #expect(markup.text.contains("hidden 4, batch 1: 7.26 GFLOP/s"))
    #expect(markup.text.contains("hidden 1024, batch 16: 200.4 GFLOP/s"))
    #expect(markup.attributes.count { $0["class"] == "hit" } == 4)
    #expect(markup.attributes.count { $0["class"] == "blank" } == 2)
  }

  @Test func `the summary names the extremes`() {
    #expect(
      chart.summary == """
        Heat map of GFLOP/s by hidden and batch. Least: hidden 1024, batch 1: 0 GFLOP/s. \
        Most: hidden 1024, batch 16: 200.4 GFLOP/s.
        """
    )
  }

  @Test func `a shade is the share of the full value, which ends at the full shade`() {
    #expect(chart.share(of: 100.2) == 0.5)
    var other = chart
    other.fullValue = 100
    #expect(other.share(of: 50) == 0.5)
    #expect(other.share(of: 200) == 1)
    #expect(other.share(of: -1) == 0)
    let opacities = WellFormedMarkup(other.svg).values(of: "fill-opacity").compactMap(Double.init)
    #expect(opacities == [0.13, 1, 0.06, 1])
  }

  @Test func `values of zero alone have no shade`() {
    var other = chart
    other.values = [[0, 0]]
    #expect(other.share(of: 0) == 0)
    #expect(WellFormedMarkup(other.svg).problem == nil)
  }

  @Test(arguments: [0, 1, 7, 30], [0, 1, 13, 40])
  func `any number of rows and columns fits its drawing`(columns: Int, rows: Int) {
    let chart = HeatMap(
      title: "A title that is rather long for a chart of few columns",
      note: "A note that is longer still, so that it has to be broken into several lines.",
      rowLabel: "rows",
      columnLabel: "columns",
      rowNames: (0..<rows).map { "a row with the number \($0)" },
      columnNames: (0..<columns).map { "a column with a long name, which is \($0)" },
      values: (0..<rows).map { row in (0..<columns).map { Double(row * $0) * 1000 } },
      unit: "units"
    )
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    let width = Double(markup.attributes.first?["width"] ?? "") ?? 0
    let height = Double(markup.attributes.first?["height"] ?? "") ?? 0
    for (name, attributes) in zip(markup.elements, markup.attributes) where name == "rect" {
      let left = Double(attributes["x"] ?? "0") ?? -1
      let top = Double(attributes["y"] ?? "0") ?? -1
      #expect(left >= 0 && left + (Double(attributes["width"] ?? "") ?? .infinity) <= width)
      #expect(top >= 0 && top + (Double(attributes["height"] ?? "") ?? .infinity) <= height)
    }
  }
}
