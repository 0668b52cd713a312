import Testing

@testable import RecurrentReports

struct ConfusionMatrixChartTests {
  private let chart = ConfusionMatrixChart(
    counts: [[90, 10, 0], [1, 49, 0], [0, 0, 0]],
    classNames: ["T-shirt/top", "<b>", "Bag 👜"]
  )

  @Test func `every count, share and accuracy is told`() {
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    #expect(markup.count(of: "b") == 0)
    #expect(markup.text.contains("true T-shirt/top, read as <b>: 10 of 100, 10.0%"))
    #expect(markup.text.contains("90.0%") && markup.text.contains("98.0%"))
    #expect(markup.text.contains("–"))
    #expect(markup.attributes.count { $0["class"] == "hit" } == 2)
    #expect(markup.attributes.count { $0["class"] == "miss" } == 2)
    #expect(markup.attributes.count { $0["class"] == "blank" } == 5)
  }

  @Test func `the worst confusions come first, as sentences`() {
    #expect(
      chart.worstConfusions(limit: 5).map(\.sentence) == [
        "T-shirt/top was read as <b>: 10 times, 10.0% of its 100 examples.",
        "<b> was read as T-shirt/top: once, 2.0% of its 50 examples.",
      ]
    )
    #expect(chart.worstConfusions(limit: 1).count == 1)
    #expect(chart.worstConfusions(limit: -1).isEmpty)
  }

  @Test func `equal confusions keep the order of their classes`() {
    let chart = ConfusionMatrixChart(counts: [[5, 2, 2], [2, 5, 3]], classNames: [])
    let pairs = chart.worstConfusions(limit: 9).map { [$0.trueClass, $0.predictedClass] }
    #expect(pairs == [[1, 2], [0, 1], [0, 2], [1, 0]])
  }

  @Test(arguments: [0, 1, 2, 5, 10, 12, 13, 20, 21, 30])
  func `any number of classes fits its drawing`(classes: Int) {
    let chart = ConfusionMatrixChart(
      counts: (0..<classes).map { row in (0..<classes).map { $0 == row ? 99_999 : row } },
      classNames: (0..<classes).map { "a class with the number \($0)" }
    )
    let markup = WellFormedMarkup(chart.svg)
    #expect(markup.problem == nil)
    let width = Double(markup.attributes.first?["width"] ?? "") ?? 0
    for (name, attributes) in zip(markup.elements, markup.attributes) where name == "rect" {
      let left = Double(attributes["x"] ?? "0") ?? 0
      let across = Double(attributes["width"] ?? "") ?? .infinity
      #expect(left >= 0 && left + across <= width)
    }
  }

  @Test func `ragged counts and missing names are filled in`() {
    let chart = ConfusionMatrixChart(counts: [[1], [0, -4, 2]], classNames: ["a"])
    #expect(chart.classCount == 3)
    #expect(chart.name(of: 2) == "2")
    #expect(chart.total(ofRow: 1) == 2)
    #expect(chart.accuracy(ofRow: 2) == nil)
    #expect(WellFormedMarkup(chart.svg).problem == nil)
  }
}
