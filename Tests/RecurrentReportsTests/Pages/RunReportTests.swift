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
      examplesPerSecond: 5_812.4,
      gradientNorm: 1.5 * progress,
      largestGradientNorm: 3 * progress,
      weightNorm: 10,
      layerNorms: [8, 6]
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
      layerNames: ["layer 1", "head"],
      times: [.init(name: "reading", seconds: 0.5), .init(name: "passes", seconds: 1.5)],
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

  @Test func `a thousand epochs and twenty pictures stay below 600 kB`() {
    let size = report(epochs: 1_000).html.utf8.count
    #expect(size < 600_000, "\(size)")
  }

  @Test func `norms have charts of their own, and runs without them have not`() {
    var report = report(epochs: 3)
    #expect(report.gradientNormChart.series.map { $0.points.map(\.y) }[0] == [1.5, 0.75, 0.5])
    #expect(report.gradientNormChart.series.map(\.name) == ["mean", "largest"])
    #expect(report.weightNormChart.series.map(\.name) == ["all", "layer 1", "head"])
    #expect(report.weightNormChart.series.map { $0.points[2].y } == [10, 8, 6])
    let whole = WellFormedMarkup(report.html)
    #expect(whole.count(of: "figure") == 4 && whole.count(of: "input") == 12)
    #expect(whole.text.contains("epoch 2● mean: 0.75● largest: 1.5"))
    for index in report.epochs.indices {
      report.epochs[index].gradientNorm = nil
      report.epochs[index].largestGradientNorm = nil
      report.epochs[index].weightNorm = nil
      report.epochs[index].layerNorms = []
    }
    report.times = []
    let old = WellFormedMarkup(report.html)
    #expect(old.problem == nil && old.count(of: "figure") == 2)
    #expect(!old.text.contains("Where the time went") && !old.text.contains("gradient norm"))
  }

  @Test func `the time is a bar and a table of its parts`() {
    let page = WellFormedMarkup(report(epochs: 1).html)
    let widths = zip(page.elements, page.attributes)
      .filter { $0.0 == "span" && $0.1["title"] != nil }
      .compactMap { $0.1["style"] }
    #expect(widths == ["width:25%", "width:75%"])
    #expect(page.text.contains("0.50 s") && page.text.contains("75.0%"))
    #expect(page.values(of: "aria-label").contains("Time: reading 0.50 s, passes 1.50 s"))
  }

  @Test func `long runs are smoothed, and the page says how`() {
    #expect(report(epochs: 20).html.contains("their moving average (weight 0.6)."))
    #expect(!report(epochs: 19).html.contains("their moving average"))
    #expect(report(epochs: 1_000).html.contains("Of 1,000 positions "))
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
