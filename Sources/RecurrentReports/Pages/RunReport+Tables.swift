extension RunReport {
  /// The few numbers to know first.
  var headlineFigures: String {
    let items = [testFigure, validationFigure, costFigure, timeFigure].compactMap { $0 }
    guard !items.isEmpty else { return "" }
    let markup = items.map { figure in
      """
      <div><dt>\(MarkupText.escaped(figure.name))</dt>
      <dd class="value">\(MarkupText.escaped(figure.value))</dd>
      <dd>\(MarkupText.escaped(figure.note))</dd></div>

      """
    }
    return "<dl class=\"figures\">\n\(markup.joined())</dl>\n"
  }

  private typealias Figure = (name: String, value: String, note: String)

  private var testFigure: Figure? {
    guard let test else { return nil }
    let count = NumberText.grouped(test.count)
    guard let accuracy = test.accuracy else {
      guard let cost = test.cost else { return nil }
      return ("Test cost", NumberText.cost(cost), "\(count) \(test.unit)")
    }
    let right = (accuracy * Double(test.count)).rounded()
    let cost = test.cost.map { ", cost \(NumberText.cost($0))" } ?? ""
    let note =
      right.isFinite && right.magnitude < 1e15
      ? "\(NumberText.fixed(right, places: 0)) of \(count) \(test.unit)\(cost)"
      : "\(count) \(test.unit)\(cost)"
    return ("Test accuracy", NumberText.percent(accuracy, places: 2), note)
  }

  private var validationFigure: Figure? {
    guard let best = bestEpoch, let accuracy = best.validationAccuracy else { return nil }
    let last = epochs.last?.epoch ?? best.epoch
    let note = "epoch \(NumberText.grouped(best.epoch)) of \(NumberText.grouped(last))"
    return ("Best validation accuracy", NumberText.percent(accuracy, places: 2), note)
  }

  private var costFigure: Figure? {
    guard let first = epochs.first, let last = epochs.last else { return nil }
    let note =
      epochs.count == 1
      ? "after one epoch"
      : "epoch \(NumberText.grouped(last.epoch)), from \(NumberText.cost(first.averageCost))"
        + " in epoch \(NumberText.grouped(first.epoch))"
    return ("Last average cost", NumberText.cost(last.averageCost), note)
  }

  private var timeFigure: Figure? {
    let seconds = epochs.compactMap(\.seconds).filter(\.isFinite)
    guard !seconds.isEmpty else { return nil }
    let total = seconds.reduce(0, +)
    let each = NumberText.duration(seconds: total / Double(seconds.count))
    let rates = epochs.compactMap(\.examplesPerSecond).filter(\.isFinite).sorted()
    let typicalRate = rates.isEmpty ? nil : rates[rates.count / 2]
    let rate = typicalRate.map { ", \(NumberText.fixed($0, places: 0)) examples/s" } ?? ""
    return ("Training time", NumberText.duration(seconds: total), "\(each) per epoch\(rate)")
  }

  /// The tables of settings and of the system, side by side.
  var detailsSection: String {
    let tables = [("Settings", settings), ("System", system)].filter { !$0.1.isEmpty }
    guard !tables.isEmpty else { return "" }
    let markup = tables.map { name, entries in
      let rows = entries.map { entry in
        let (name, value) = (MarkupText.escaped(entry.name), MarkupText.escaped(entry.value))
        return "<tr><th scope=\"row\">\(name)</th><td>\(value)</td></tr>\n"
      }
      return """
        <section aria-label="\(name)">
        <h2>\(name)</h2>
        <table class="entries">
        \(rows.joined())</table>
        </section>

        """
    }
    return "<div class=\"details\">\n\(markup.joined())</div>\n"
  }

  /// The table of all epochs, folded away until asked for.
  var epochSection: String {
    guard !epochs.isEmpty else { return "" }
    let columns = epochColumns
    let names = columns.map { "<th scope=\"col\">\($0.name)</th>" }.joined()
    let best = bestEpoch
    let rows = epochs.map { record in
      let cells = columns.map { "<td>\($0.text(record).map(MarkupText.escaped) ?? "–")</td>" }
      let opening = record == best ? "<tr class=\"best\">" : "<tr>"
      return "\(opening)<th scope=\"row\">\(record.epoch)</th>\(cells.joined())</tr>\n"
    }
    let note =
      best == nil ? "" : "<p class=\"note\">Bold: the best validation accuracy.</p>\n"
    let count = epochs.count == 1 ? "The epoch" : "All \(NumberText.grouped(epochs.count)) epochs"
    return """
      <details class="epochs">
      <summary>\(count) in numbers</summary>
      \(note)<div class="scroll" role="region" aria-label="Epochs" tabindex="0">
      <table class="numbers">
      <thead><tr><th scope="col">epoch</th>\(names)</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </div>
      </details>

      """
  }

  private typealias EpochColumn = (name: String, text: (EpochRecord) -> String?)

  /// The columns for what was measured at least once.
  private var epochColumns: [EpochColumn] {
    let all: [EpochColumn] = [
      ("average cost", { NumberText.cost($0.averageCost) }),
      ("training accuracy", { $0.trainingAccuracy.map { NumberText.percent($0, places: 2) } }),
      ("validation accuracy", { $0.validationAccuracy.map { NumberText.percent($0, places: 2) } }),
      ("validation cost", { $0.validationCost.map(NumberText.cost) }),
      ("gradient norm", { $0.gradientNorm.map { NumberText.significant($0) } }),
      ("weight norm", { $0.weightNorm.map { NumberText.significant($0) } }),
      ("seconds", { $0.seconds.map { NumberText.fixed($0, places: 1) } }),
      ("examples per second", { $0.examplesPerSecond.map { NumberText.fixed($0, places: 0) } }),
    ]
    return all.filter { column in epochs.contains { column.text($0) != nil } }
  }
}
