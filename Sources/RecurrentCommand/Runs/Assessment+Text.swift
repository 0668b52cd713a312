import RecurrentReports

extension Assessment {
  /// What there is to print, a line each.
  var lines: [String] {
    var lines: [String] = []
    if let text = measures?.text, !text.isEmpty { lines.append(text) }
    for variable in variables?.prefix(20) ?? [] {
      lines.append("  \(variable.name): \(variable.value)")
    }
    if let oneStep { lines.append("One time ahead: \(oneStep.value)") }
    if !baselines.isEmpty {
      let heading = isOfOwnTraining ? "Baselines" : "Baselines of its own training examples"
      let warning = beatsBaselines ? "" : "; \(warning)"
      lines.append("\(heading): \(baselines.map(\.text).joined(separator: ", "))\(warning)")
    }
    if let order { lines.append(order.text) }
    return lines + remarks
  }

  /// What is worth noticing about the examples, a line each.
  var remarks: [String] {
    var remarks = leakages.filter { $0.shared > 0 }.map(\.text)
    if let paddingShare {
      remarks.append(
        "Padding: \(percent(paddingShare)) of the steps in training batches, which are not computed"
      )
    }
    return remarks
  }

  /// What to say where a baseline is as good.
  private var warning: String {
    "the model is no better" + (baselines.count > 1 ? " than the best of them" : "")
  }

  /// The entries of a report.
  var entries: [RunReport.Entry] {
    var entries =
      measures?.parts.map { RunReport.Entry(name: capitalized($0.name), value: $0.value) } ?? []
    entries += baselines.map { RunReport.Entry(name: "Baseline \($0.name)", value: $0.value) }
    if !beatsBaselines { entries.append(RunReport.Entry(name: "Warning", value: warning)) }
    if let order { entries.append(RunReport.Entry(name: "Order", value: order.text)) }
    return entries + remarks.map { RunReport.Entry(name: "Remark", value: $0) }
  }

  /// The classes of a report.
  var classRows: [RunReport.ClassMeasures] {
    (measures?.classes ?? []).map {
      RunReport.ClassMeasures(
        name: $0.name,
        count: $0.count,
        precision: $0.precision,
        recall: $0.recall,
        f1: $0.f1
      )
    }
  }

  /// Prints it.
  func print() {
    for line in lines { Swift.print(line) }
  }
}

extension Assessment.Measures {
  /// The measures that there are, by name.
  var parts: [(name: String, value: String)] {
    let all: [(name: String, value: String?)] = [
      ("balanced accuracy", balancedAccuracy.map { percent($0) }),
      ("macro F1", macroF1.map { percent($0) }),
      ("AUROC", areaUnderROC.map { decimals($0, 4) }),
      ("mean absolute error", meanAbsoluteError.map(significant)),
      ("root mean squared error", rootMeanSquaredError.map(significant)),
      ("mean absolute scaled error", meanAbsoluteScaledError.map { decimals($0, 3) }),
    ]
    return all.compactMap { part in part.value.map { (part.name, $0) } }
  }

  /// The measures in one line.
  var text: String { capitalized(parts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")) }
}

extension Assessment.Baseline {
  /// What it comes to.
  var value: String {
    if let accuracy { return percent(accuracy) }
    if let cost { return "\(decimals(cost, 4)) nats" }
    guard let meanAbsoluteError else { return "" }
    let root = rootMeanSquaredError.map { ", root mean squared error \(significant($0))" } ?? ""
    let scaled = meanAbsoluteScaledError.map { ", scaled \(decimals($0, 3))" } ?? ""
    return "mean absolute error \(significant(meanAbsoluteError))\(scaled)\(root)"
  }

  /// What it comes to, and how.
  var text: String { "\(value) \(name)" }
}

extension Assessment.Leakage {
  /// What was found, in a sentence.
  var text: String {
    "\(shared) of \(count) \(part) examples \(shared == 1 ? "is" : "are") also in training, number for number"
  }
}

/// A text whose first letter is a capital.
private func capitalized(_ text: String) -> String {
  text.prefix(1).uppercased() + text.dropFirst()
}
