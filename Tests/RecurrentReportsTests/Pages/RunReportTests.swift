import Testing

@testable import RecurrentReports

struct RunReportTests {
  private func record(_ epoch: Int) -> RunReport.EpochRecord {
    let progress = 1 / Double(epoch)
    return RunReport.EpochRecord(
      epoch: epoch,
      averageCost: 2.3 * progress,
      trainingAccuracy: 1 - 0.7 * progress,
      validationAccuracy: 1 - 0.8 * progress,
      validationCost: 2.4 * progress,
      seconds: 9.25,
      examplesPerSecond: 5_812.4
    )
  }

  private func mistake(_ index: Int) -> RunReport.Mistake {
    let pixels: [UInt8] = (0..<784).map { UInt8(truncatingIfNeeded: $0 * (index + 3)) }
    return RunReport.Mistake(
      image: GreyscaleImage(rows: 28, columns: 28, pixels: pixels, tone: .ink),
      trueClass: index % 5,
      predictedClass: (index + 1) % 5,
      predictedProbability: 0.87,
      trueProbability: 0.11
    )
  }

  private func report(epochs: Int) -> RunReport {
    var counts = [[Int]](repeating: [0, 1, 2, 0, 1], count: 5)
    for index in counts.indices { counts[index][index] = 95 }
    return RunReport(
      title: "Reading <i>clothes</i>",
      runName: "run-1",
      summary: "It's a \"run\" & more.",
      settings: [.init(name: "rate", value: "<0.01>")],
      epochs: (0..<epochs).map { record($0 + 1) },
      test: .init(accuracy: 0.9603, cost: 0.1312, count: 10_000),
      comparisons: [.init(name: "Baseline <1>", value: "10.00%")],
      classMeasures: [.init(name: "<b>", count: 1_000, precision: 0.5, recall: 0.25, f1: 1 / 3)],
      confusionCounts: counts,
      classNames: ["T-shirt/top", "<b>", "\"quoted\"", "Bag 👜", "a & b"],
      mistakes: (0..<20).map(mistake),
      system: [.init(name: "Swift", value: "6.3")]
    )
  }

  @Test(arguments: [0, 1, 38])
  func `the page is well-formed and holds every part`(epochs: Int) {
    let page = WellFormedMarkup(report(epochs: epochs).html)
    #expect(page.problem == nil)
    #expect(page.count(of: "img") == 20)
    #expect(page.count(of: "i") == 0)
    #expect(page.attributes.first?["lang"] == "en")
    #expect(page.text.contains("Reading <i>clothes</i>"))
    #expect(page.text.contains("It's a \"run\" & more."))
    #expect(page.text.contains("9,603 of 10,000 examples, cost 0.1312"))
    let identifiers = page.values(of: "id")
    #expect(Set(identifiers).count == identifiers.count)
    #expect(page.count(of: "details") == (epochs > 0 ? 2 : 1))
    #expect(page.text.contains("Baseline <1>") && page.text.contains("33.33%"))
  }

  @Test func `every picture is described`() {
    let descriptions = WellFormedMarkup(report(epochs: 2).html).values(of: "alt")
    #expect(descriptions.count == 20)
    #expect(descriptions.first == "Picture 1 of 20: true T-shirt/top, read as <b>, 87%")
  }

  @Test func `the page asks nothing of the network`() {
    let html = report(epochs: 3).html
    let page = WellFormedMarkup(html)
    #expect(page.count(of: "script") == 0 && page.count(of: "link") == 0)
    #expect(page.values(of: "src").allSatisfy { $0.hasPrefix("data:image/png;base64,") })
    #expect(page.values(of: "href").isEmpty)
    #expect(!html.contains("url(") && !html.contains("@import"))
  }

  @Test func `an empty report is still a page`() {
    let page = WellFormedMarkup(RunReport(title: "", runName: "", summary: "").html)
    #expect(page.problem == nil)
    #expect(page.count(of: "h1") == 1)
    #expect(page.count(of: "section") == 0)
  }

  @Test func `costs and accuracies that are not numbers do no harm`() {
    var report = report(epochs: 3)
    report.epochs[1].averageCost = .nan
    report.epochs[2].validationAccuracy = .infinity
    report.epochs[2].seconds = -.infinity
    report.test = .init(accuracy: .nan, cost: .infinity, count: 0)
    let page = WellFormedMarkup(report.html)
    #expect(page.problem == nil)
    #expect(page.text.contains("not a number"))
    #expect(report.bestEpoch?.epoch == 2)
  }

  @Test func `the same report gives the same bytes`() {
    #expect(report(epochs: 50).html == report(epochs: 50).html)
    #expect(report(epochs: 50).accuracyChart.svg == report(epochs: 50).accuracyChart.svg)
    #expect(report(epochs: 50).confusionChart.svg == report(epochs: 50).confusionChart.svg)
  }

  @Test func `a thousand epochs and twenty pictures stay below 400 kB`() {
    let size = report(epochs: 1_000).html.utf8.count
    #expect(size < 400_000)
  }

  @Test func `the charts are the notebook's two plots`() {
    let report = report(epochs: 3)
    #expect(report.costChart.title == "Average cost")
    #expect(report.costChart.yLabel == "cost" && report.costChart.xLabel == "epoch")
    #expect(report.accuracyChart.title == "Training and validation accuracy")
    #expect(report.accuracyChart.series.map(\.name) == ["training", "validation"])
    #expect(report.accuracyChart.yLabel == "accuracy")
    for svg in [report.costChart.svg, report.accuracyChart.svg, report.confusionChart.svg] {
      #expect(WellFormedMarkup(svg).problem == nil)
    }
  }
}
