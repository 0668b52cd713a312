extension ExplanationPage {
  /// The page as the text of an HTML file that needs nothing else.
  public var html: String {
    let heading = MarkupText.escaped(title)
    let pageTitle = runName.isEmpty ? heading : "\(heading) – \(MarkupText.escaped(runName))"
    let sections = [inputSection, answerSection, mapsSection, unitSection, tableSection]
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:" />
      <title>\(pageTitle)</title>
      <style>
      \(PageStyle.rules)
      \(String(decoding: PackageResources.explanation_css, as: UTF8.self))\
      </style>
      </head>
      <body>
      <main>
      <header>
      <p class="run">\(MarkupText.escaped(runName))</p>
      <h1>\(heading)</h1>
      <p class="lead">\(MarkupText.escaped(summary))</p>
      \(remarks.map { "<p class=\"note\">\(MarkupText.escaped($0))</p>\n" }.joined())\
      <noscript><p class="needs-script">The pictures of this page are drawn by a script in it, which \
      is switched off here. The table below has the answer after every step.</p></noscript>
      </header>
      \(followSection)\
      \(sections.joined())\
      </main>
      <script type="application/json" id="numbers">\(numbersJSON)</script>
      <script>
      \(String(decoding: PackageResources.explanation_js, as: UTF8.self))\
      </script>
      </body>
      </html>

      """
  }

  /// Where one goes through the steps; it stays in sight.
  private var followSection: String {
    """
    <section class="follow" aria-label="Follow the steps">
    <p id="sentence" aria-live="polite"></p>
    <button type="button" id="play">Play</button>
    <input type="range" id="step" min="1" max="\(steps)" value="\(steps)" step="1" \
    aria-label="\(MarkupText.escaped(stepNoun.capitalizedFirst))" />
    <output id="step-number" for="step"></output>
    </section>

    """
  }

  private var inputSection: String {
    let picture =
      switch input {
      case .image, .series:
        "<canvas id=\"input\" role=\"img\" aria-label=\"\(MarkupText.escaped(inputLabel))\"></canvas>"
      case .text(let tokens):
        "<ol id=\"input\" class=\"tokens\" aria-label=\"\(MarkupText.escaped(inputLabel))\">"
          + tokens.map { "<li>\(MarkupText.escaped($0))</li>" }.joined() + "</ol>"
      }
    let isImage = if case .image = input { true } else { false }
    return """
      <section aria-labelledby="input-heading">
      <h2 id="input-heading">What it read, and what mattered</h2>
      <div class="seen\(isImage ? "" : " wide")">
      <div>\(picture)</div>
      <div>
      \(attributionChoice)<p class="note" id="attribution-note">\(MarkupText.escaped(inputNote))</p>
      </div>
      </div>
      </section>

      """
  }

  private var inputLabel: String {
    switch input {
    case .image(let columns, let pixels):
      "The picture that was read, \(pixels.count / max(columns, 1)) rows of \(columns) pixels"
    case .series(let names, _):
      "The series that was read: \(names.joined(separator: ", ")), \(steps) steps"
    case .text: "The text that was read"
    }
  }

  private var attributionChoice: String {
    guard !attributions.isEmpty else { return "" }
    let choices = [("as it is", -1)] + attributions.enumerated().map { ($1.name, $0) }
    let labels = choices.map { name, value in
      "<label><input type=\"radio\" name=\"attribution\" value=\"\(value)\"\(value < 0 ? " checked" : "") />"
        + "\(MarkupText.escaped(name))</label>"
    }
    return """
      <fieldset class="choices">
      <legend>Shade the input by</legend>
      \(labels.joined(separator: "\n"))
      </fieldset>

      """
  }

  private var answerSection: String {
    let heading = answers.kind == .numbers ? "What it would answer" : "How sure it is"
    return """
      <section aria-labelledby="answer-heading">
      <h2 id="answer-heading">\(heading), \(MarkupText.escaped(stepNoun)) by \(MarkupText.escaped(stepNoun))</h2>
      <div class="seen">
      <ul class="bars" id="bars"></ul>
      <div>
      <canvas id="curves" role="img" aria-label="The answer after every step; the table at the end of the page \
      has its numbers"></canvas>
      <ul class="keys" id="curve-names"></ul>
      </div>
      </div>
      </section>

      """
  }

  private var mapsSection: String {
    guard let first = layers.first else { return "" }
    let choices = layers.enumerated().map { index, layer in
      "<option value=\"\(index)\">\(MarkupText.escaped(layer.title))</option>"
    }
    let choice =
      layers.count == 1
      ? ""
      : "<label>Layer <select id=\"layer\">\(choices.joined())</select></label>\n"
    let title = layers.count == 1 ? first.title : "The layers"
    return """
      <section aria-labelledby="maps-heading">
      <h2 id="maps-heading">\(MarkupText.escaped(title)): gates and states</h2>
      <p class="note">Each picture has a line for every unit, and time runs to the right. Touch one to go \
      to a step and follow a unit. Shades run from nothing to everything for gates, from blue below \
      zero to orange above for the rest.</p>
      <div class="controls">
      \(choice)<label>Units by <select id="order"></select></label>
      </div>
      <div class="maps" id="maps"></div>
      </section>

      """
  }

  private var unitSection: String {
    guard let first = layers.first else { return "" }
    return """
      <section aria-labelledby="unit-heading">
      <h2 id="unit-heading">One unit along the belt</h2>
      <p class="note" id="arithmetic-place"></p>
      <div class="controls">
      <label class="wide">Unit <span id="unit-number"></span>
      <input type="range" id="unit" min="1" max="\(first.units)" value="1" step="1" /></label>
      </div>
      <ol class="sums" id="arithmetic"></ol>
      <canvas id="belt" role="img" aria-label="The gates and states of the unit at every step"></canvas>
      <ul class="keys" id="belt-names"></ul>
      </section>

      """
  }

  /// The answers as a table, for reading without the script and aloud.
  private var tableSection: String {
    let shown = answers.kind == .numbers ? answers.names.count : min(3, answers.names.count)
    let places = ["likeliest", "second", "third"]
    let columns = answers.kind == .numbers ? answers.names : Array(places.prefix(shown))
    let rows = (0..<steps).map { step in
      let values = answers.values[step * answers.names.count..<(step + 1) * answers.names.count]
      let cells =
        answers.kind == .numbers
        ? values.map { NumberText.significant(Double($0), digits: 5) }
        : values.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
          .prefix(shown)
          .map { "\(answers.names[$0.offset]) \(NumberText.probability(Double($0.element)))" }
      return "<tr><th scope=\"row\">\(step + 1)</th>"
        + cells.map { "<td>\(MarkupText.escaped($0))</td>" }.joined() + "</tr>\n"
    }
    return """
      <details class="epochs">
      <summary>The answer after every \(MarkupText.escaped(stepNoun)), in numbers</summary>
      <div class="scroll" role="region" aria-label="Answers in numbers" tabindex="0">
      <table class="numbers">
      <thead><tr><th scope="col">\(MarkupText.escaped(stepNoun))</th>\
      \(columns.map { "<th scope=\"col\">\(MarkupText.escaped($0))</th>" }.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>
      </details>

      """
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
