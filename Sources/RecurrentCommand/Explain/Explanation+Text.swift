import Recurrent
import RecurrentData

extension Explanation {
  /// What was answered, in a sentence or two.
  var summary: String {
    guard hasClasses else {
      let words = outputNames.enumerated().map {
        "\($1) \(decimals(Double(answers[steps - 1, $0]), 4))"
      }
      return "After \(steps) \(stepNoun)s it answers \(words.joined(separator: ", "))."
    }
    let sure = percent(Double(answers[steps - 1, finalClass]))
    let said = "It says “\(name(finalClass))”, \(sure) sure"
    let truth = example.truth.map {
      $0 == finalClass ? ", and is right" : "; it is “\(name($0))”"
    }
    guard task != .languageModel else {
      return "After \(steps) tokens it expects “\(name(finalClass))” next, \(sure) sure."
    }
    let since =
      firstSettledStep == 0
      ? " from the first \(stepNoun) on"
      : " from \(stepNoun) \(firstSettledStep + 1) of \(steps) on"
    return "\(said)\(truth ?? ""). That is its answer\(since)."
  }

  private func name(_ output: Int) -> String {
    outputNames[output] == "\n" ? "↵" : outputNames[output]
  }

  /// What is printed of it.
  var lines: [String] {
    var lines = ["\(example.title): \(summary)"]
    let shown = (1...min(4, steps)).map { steps * $0 / min(4, steps) - 1 }
    for step in shown {
      let answer =
        hasClasses
        ? Self.ranked(answers, step: step).prefix(3)
          .map { "\(name($0)) \(percent(Double(answers[step, $0])))" }
        : outputNames.enumerated().map { "\($1) \(decimals(Double(answers[step, $0]), 4))" }
      lines.append("After \(stepNoun) \(step + 1): \(answer.joined(separator: ", "))")
    }
    guard gradients != nil else { return lines }
    lines.append("Integrated gradients of \(scoreWords): \(completeness)")
    if let rows = occlusions.first(where: { $0.window.features == nil })?.falls.elements {
      let noun = trained.record.data.name.areImages ? "row" : stepNoun
      let needed = rows.indices.filter { rows[$0] > 0 }
        .sorted { (rows[$1], $0) < (rows[$0], $1) }.prefix(3)
      let words = needed.map { "\($0 + 1) (-\(decimals(Double(rows[$0]), 2)))" }
      if !words.isEmpty {
        lines.append("Hidden, these \(noun)s cost most of it: \(words.joined(separator: ", "))")
      }
    }
    return lines
  }
}
