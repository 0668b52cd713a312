extension RunReport {
  /// The report as the text of an HTML file that needs nothing else.
  public var html: String {
    Page(
      heading: title,
      kicker: runName,
      lead: summary,
      sections: [
        headlineFigures, curvesSection, assessmentSection, confusionSection, mistakesSection,
        passagesSection, normsSection, timeSection, detailsSection, epochSection,
      ]
    ).html
  }

  private var curvesSection: String {
    guard !epochs.isEmpty else { return "" }
    let charts = [costChart] + (hasAccuracies ? [accuracyChart] : [])
    return Page.charts(
      Array(zip(charts, ["cost", "accuracy"])),
      label: hasAccuracies ? "Cost and accuracy by epoch" : "Cost by epoch"
    ) + Page.chartNote(charts)
  }

  private var normsSection: String {
    let charts = [
      epochs.contains { $0.gradientNorm != nil } ? (gradientNormChart, "gradient-norm") : nil,
      epochs.contains { $0.weightNorm != nil } ? (weightNormChart, "weight-norm") : nil,
    ].compactMap(\.self)
    return Page.charts(charts, label: "Norms by epoch")
  }

  private var timeSection: String {
    let shares = TimeShares(
      names: times.map(\.name),
      runs: [TimeShares.Run(name: "Time", seconds: times.map(\.seconds))]
    ).markup
    guard !shares.isEmpty else { return "" }
    return """
      <section class="time" aria-labelledby="time-heading">
      <h2 id="time-heading">Where the time went</h2>
      <p class="note">Time on the wall. Threads read and compute side by side; what they took together \
      is split by how long all of them were at either.</p>
      \(shares)</section>

      """
  }

  private var confusionSection: String {
    let chart = confusionChart
    guard confusionCounts.contains(where: { $0.contains { $0 > 0 } }) else { return "" }
    let worst = chart.worstConfusions(limit: 8)
    let sentences = worst.map { "<li>\(MarkupText.escaped($0.sentence))</li>\n" }.joined()
    let list =
      worst.isEmpty
      ? "<p>Every example was read rightly.</p>\n" : "<ol class=\"worst\">\n\(sentences)</ol>\n"
    let plot = chart.plot(margin: 0, top: 0, isEmbedded: true)
    let width = "\(Int(plot.width.rounded(.up)))px"
    // Texts that cannot grow on a narrow page keep their size instead, and the matrix scrolls.
    let size = plot.isCompact ? "max-width:\(width)" : "width:\(width)"
    return """
      <section class="confusion" aria-labelledby="confusion-heading">
      <h2 id="confusion-heading">What was read as what</h2>
      <p class="note">Each row holds the test examples of one class. Blue squares were read \
      rightly, orange ones wrongly; the stronger the colour, the larger the share of the row.</p>
      <div class="\(plot.width > 760 ? "stack" : "pair")" style="--first:\(width)">
      <div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
      <div style="\(size)">
      \(chart.markup(for: .embedded(identifier: "confusion")))</div>
      </div>
      <div>
      <h3>Most frequent confusions</h3>
      \(list)</div>
      </div>
      </section>

      """
  }

  private var mistakesSection: String {
    guard !mistakes.isEmpty else { return "" }
    let items = mistakes.enumerated().map { index, mistake in
      let place = "Picture \(index + 1) of \(mistakes.count): "
      let description = MarkupText.escaped(place + caption(of: mistake))
      let truth = MarkupText.escaped(className(mistake.trueClass))
      let reading = MarkupText.escaped(className(mistake.predictedClass))
      let certainty = MarkupText.escaped(NumberText.probability(mistake.predictedProbability))
      let doubt = MarkupText.escaped(NumberText.probability(mistake.trueProbability))
      // No-break spaces keep short phrases together on a narrow page.
      let outcome = "true \(truth), read\u{A0}as\(reading.count < 7 ? "\u{A0}" : " ")\(reading)"
      let chances = "\(certainty), true\u{A0}class\u{A0}\(doubt)"
      let classes = mistake.image.tone == .ink ? " class=\"ink\"" : ""
      return """
        <li><img\(classes) src="\(mistake.image.dataAddress)" alt="\(description)" \
        width="\(mistake.image.columns)" height="\(mistake.image.rows)" />
        <p><b>\(outcome)</b><br />\(chances)</p></li>

        """
    }
    return """
      <section aria-labelledby="mistakes-heading">
      <h2 id="mistakes-heading">\(mistakesTitle)</h2>
      <p class="note">Test examples read wrongly with the most confidence, the worst first.</p>
      <ol class="mistakes">
      \(items.joined())</ol>
      </section>

      """
  }

  private var passagesSection: String {
    passages.map { passage in
      """
      <section class="passage">
      <h2>\(MarkupText.escaped(passage.heading))</h2>
      <p class="note">\(MarkupText.escaped(passage.note))</p>
      <pre>\(MarkupText.escaped(passage.text))</pre>
      </section>

      """
    }.joined()
  }
}
