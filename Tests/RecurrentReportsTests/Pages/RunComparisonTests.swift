import Testing

@testable import RecurrentReports

struct RunComparisonTests {
  private func run(_ name: String, epochs: Int, isOld: Bool = false) -> RunComparison.Run {
    let seed = Double(name.utf8.reduce(0) { $0 + Int($1) })
    return RunComparison.Run(
      name: name,
      epochs: (1...epochs).map { epoch in
        RunReport.EpochRecord(
          epoch: epoch,
          averageCost: seed / Double(epoch),
          validationAccuracy: 1 - 0.5 / Double(epoch),
          validationCost: 1.25 * seed / Double(epoch),
          gradientNorm: isOld ? nil : 3 / Double(epoch),
          weightNorm: isOld ? nil : 10 + seed / 100
        )
      },
      times: isOld
        ? []
        : [
          .init(name: "reading", seconds: 1), .init(name: "passes", seconds: 3),
          .init(name: "saving", seconds: 0),
        ]
    )
  }

  private func comparison(_ runs: [RunComparison.Run]) -> RunComparison {
    RunComparison(
      title: "2 <runs>",
      summary: "a & b",
      notes: ["One \"note\"."],
      runs: runs,
      results: [.init(name: "test accuracy", values: runs.map { "\($0.name)%" })],
      differences: [.init(name: "--hidden", values: [nil] + runs.dropFirst().map(\.name))]
    )
  }

  @Test func `the page is well-formed, holds every part and asks nothing of the network`() {
    let html = comparison([run("a", epochs: 3), run("<b>", epochs: 5)]).html
    let page = WellFormedMarkup(html)
    #expect(page.problem == nil)
    #expect(page.count(of: "script") == 0 && page.count(of: "link") == 0)
    #expect(page.values(of: "src").isEmpty && page.values(of: "href").isEmpty)
    #expect(!html.contains("url(") && !html.contains("@import"))
    for text in ["2 <runs>", "a & b", "One \"note\".", "<b>%", "--hidden", "Validation cost"] {
      #expect(page.text.contains(text), "\(text)")
    }
    let identifiers = page.values(of: "id")
    #expect(Set(identifiers).count == identifiers.count)
    #expect(page.count(of: "figure") == 5)
    #expect(page.text.contains("epoch 5● <b>: 55"))
  }

  @Test func `a chart has the curves of all runs, each with its colour, as long as they are`() {
    let runs = [run("a", epochs: 3), run("old", epochs: 5, isOld: true), run("c", epochs: 2)]
    let comparison = comparison(runs)
    let cost = comparison.validationCostChart
    #expect(cost?.series.map(\.name) == ["a", "old", "c"])
    #expect(cost?.series.map { $0.points.count } == [3, 5, 2])
    #expect(cost?.series[0].points[1].y == 1.25 * 97 / 2)
    // What an older run has not is left out, and the others keep their colours.
    let norm = comparison.gradientNormChart
    #expect(norm?.series.map(\.name) == ["a", "c"])
    #expect(norm?.series.map(\.color) == [0, 2])
    #expect(WellFormedMarkup(comparison.html).problem == nil)
  }

  @Test func `what one run alone has says whose it is`() {
    let comparison = comparison([run("a", epochs: 3), run("old", epochs: 5, isOld: true)])
    #expect(comparison.weightNormChart?.title == "Norm of the weights of a")
  }

  @Test func `runs without an epoch have no charts and still a page`() {
    let empty = RunComparison.Run(name: "a", epochs: [])
    let comparison = comparison([empty, empty])
    #expect(comparison.charts.isEmpty)
    #expect(WellFormedMarkup(comparison.html).problem == nil)
  }

  @Test func `bars of time have one scale, and the table has their numbers`() throws {
    var second = run("b", epochs: 2)
    second.times[1].seconds = 7
    let page = WellFormedMarkup(comparison([run("a", epochs: 2), second]).html)
    let widths = zip(page.elements, page.attributes)
      .filter { $0.0 == "span" && $0.1["title"] != nil }
      .compactMap { $0.1["style"] }
    #expect(widths == ["width:12.5%", "width:37.5%", "width:12.5%", "width:87.5%"])
    #expect(page.text.contains("passes") && !page.text.contains("saving"))
  }

  @Test func `twenty runs of a thousand epochs stay below 800 kB`() {
    let size = comparison((0..<20).map { run("run-\($0)", epochs: 1_000) }).html.utf8.count
    #expect(size < 800_000, "\(size)")
  }
}
