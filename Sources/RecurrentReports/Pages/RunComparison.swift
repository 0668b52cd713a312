/// Several training runs beside one another, as one self-contained HTML page.
///
/// Like a report the page needs no network and holds no script, and all text is given as plain text.
/// The curves of all runs share a chart each, in which a run has one colour throughout.
public struct RunComparison: Sendable, Hashable {
  /// One of the runs.
  public struct Run: Sendable, Hashable {
    /// What it is called; the names of all runs differ.
    public var name: String
    /// What was measured after each epoch, in order.
    public var epochs: [RunReport.EpochRecord]
    /// Where its time went; empty if that is not known.
    public var times: [RunReport.TimePart]

    /// Creates a run.
    public init(
      name: String,
      epochs: [RunReport.EpochRecord],
      times: [RunReport.TimePart] = []
    ) {
      self.name = name
      self.epochs = epochs
      self.times = times
    }
  }

  /// A line of a table: a value for each run.
  public struct Row: Sendable, Hashable {
    /// What the values are.
    public var name: String
    /// The values in the order of the runs; nil where a run has none.
    public var values: [String?]

    /// Creates a line.
    public init(name: String, values: [String?]) {
      self.name = name
      self.values = values
    }
  }

  /// The page's heading.
  public var title: String
  /// The comparison in a sentence.
  public var summary: String
  /// What is to be kept in mind, a sentence each.
  public var notes: [String]
  /// The runs, in the order in which to show them.
  public var runs: [Run]
  /// What the runs came to.
  public var results: [Row]
  /// The settings that differ.
  public var differences: [Row]

  /// Creates a comparison.
  public init(
    title: String,
    summary: String,
    notes: [String] = [],
    runs: [Run],
    results: [Row] = [],
    differences: [Row] = []
  ) {
    self.title = title
    self.summary = summary
    self.notes = notes
    self.runs = runs
    self.results = results
    self.differences = differences
  }

  /// The comparison as the text of an HTML file that needs nothing else.
  public var html: String {
    let charts = charts
    return Page(
      heading: title,
      kicker: "",
      lead: summary,
      sections: [
        noteList,
        table(results, heading: "What they came to", identifier: "results"),
        table(differences, heading: "Settings that differ", identifier: "differences"),
        Page.charts(charts, label: "Curves by epoch"), Page.chartNote(charts.map(\.chart)),
        timeSection,
      ]
    ).html
  }

  private var noteList: String {
    guard !notes.isEmpty else { return "" }
    let items = notes.map { "<li>\(MarkupText.escaped($0))</li>\n" }
    return "<ul class=\"notes\">\n\(items.joined())</ul>\n"
  }

  private func table(_ rows: [Row], heading: String, identifier: String) -> String {
    guard !rows.isEmpty else { return "" }
    let names = runs.map { "<th scope=\"col\">\(MarkupText.escaped($0.name))</th>" }
    let lines = rows.map { row in
      let cells = row.values.map { "<td>\(MarkupText.escaped($0 ?? "–"))</td>" }
      return "<tr><th scope=\"row\">\(MarkupText.escaped(row.name))</th>\(cells.joined())</tr>\n"
    }
    return """
      <section aria-labelledby="\(identifier)-heading">
      <h2 id="\(identifier)-heading">\(heading)</h2>
      <div class="scroll" role="region" aria-label="\(heading)" tabindex="0">
      <table class="numbers differ">
      <thead><tr><th scope="col">run</th>\(names.joined())</tr></thead>
      <tbody>
      \(lines.joined())</tbody>
      </table>
      </div>
      </section>

      """
  }

  private var timeSection: String {
    let timed = runs.filter { !$0.times.isEmpty }
    let shares = TimeShares(
      names: timed.first?.times.map(\.name) ?? [],
      runs: timed.map { TimeShares.Run(name: $0.name, seconds: $0.times.map(\.seconds)) }
    ).markup
    guard !shares.isEmpty else { return "" }
    return """
      <section class="time" aria-labelledby="time-heading">
      <h2 id="time-heading">Where the time went</h2>
      <p class="note">Time on the wall; the bars of all runs have one scale.</p>
      \(shares)</section>

      """
  }
}

extension RunComparison {
  /// The charts, with identifiers that are unique in the page; those that any run has values for.
  var charts: [(chart: LineChart, identifier: String)] {
    let all: [(LineChart?, String)] = [
      (validationCostChart, "validation-cost"), (trainingCostChart, "training-cost"),
      (validationAccuracyChart, "validation-accuracy"), (gradientNormChart, "gradient-norm"),
      (weightNormChart, "weight-norm"),
    ]
    return all.compactMap { chart, identifier in chart.map { ($0, identifier) } }
  }

  /// The validation cost of each run by epoch; nil where none has one, as for all charts here.
  public var validationCostChart: LineChart? {
    chart("Validation cost", "cost") { $0.validationCost }
  }

  /// The mean cost of each run's training batches by epoch.
  public var trainingCostChart: LineChart? {
    chart("Training cost", "average cost") { $0.averageCost }
  }

  /// The validation accuracy of each run by epoch.
  public var validationAccuracyChart: LineChart? {
    chart("Validation accuracy", "accuracy", style: .percent) { $0.validationAccuracy }
  }

  /// The mean norm of each run's gradients by epoch, before any limit.
  public var gradientNormChart: LineChart? {
    chart("Norm of the gradient", "mean norm before any limit") { $0.gradientNorm }
  }

  /// The norm of each run's weights by epoch.
  public var weightNormChart: LineChart? {
    var chart = chart("Norm of the weights", "norm") { $0.weightNorm }
    // It is smooth by itself.
    chart?.isSmoothed = false
    return chart
  }

  private func chart(
    _ title: String,
    _ yLabel: String,
    style: LineChart.ValueStyle = .number,
    _ value: (RunReport.EpochRecord) -> Double?
  ) -> LineChart? {
    let series = runs.enumerated().compactMap { place, run -> LineChart.Series? in
      guard run.epochs.contains(where: { value($0) != nil }) else { return nil }
      let points = run.epochs.map { LineChart.Point(x: Double($0.epoch), y: value($0) ?? .nan) }
      return LineChart.Series(name: run.name, points: points, color: place, dashes: place)
    }
    guard let first = series.first else { return nil }
    let chart = LineChart(
      title: series.count == 1 && runs.count > 1 ? "\(title) of \(first.name)" : title,
      xLabel: "epoch",
      yLabel: yLabel,
      series: series,
      valueStyle: style,
      isSmoothed: true
    )
    return style == .percent ? chart : chart.spreadByRatio()
  }
}
