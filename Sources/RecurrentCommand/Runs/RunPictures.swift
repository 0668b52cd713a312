import Foundation
import Recurrent
import RecurrentData
import RecurrentReports

/// The report page and the charts of a finished run.
struct RunPictures {
  let record: RunRecord
  let outcome: RunOutcome
  /// The examples that were judged on.
  let heldOut: SequenceDataset
  /// What the model wrote, if it writes.
  var passages: [RunReport.Passage] = []

  /// Writes `report.html`, `cost.svg`, and where they make sense `accuracy.svg` and `confusion.svg`.
  func write(to folder: RunFolder) throws {
    let report = report(name: folder.name)
    try folder.write(report.html, to: folder.report)
    try folder.write(report.costChart.svg, to: folder.path + "/cost.svg")
    if record.data.task.hasAccuracy {
      try folder.write(report.accuracyChart.svg, to: folder.path + "/accuracy.svg")
    }
    if outcome.evaluation != nil {
      try folder.write(report.confusionChart.svg, to: folder.path + "/confusion.svg")
    }
  }

  private func report(name: String) -> RunReport {
    let recipe = record.recipe
    let cell = recipe.cell.title
    return RunReport(
      title: "\(cell) on \(record.data.title)",
      runName: name,
      summary: summary,
      settings: settings,
      epochs: record.reportedEpochs,
      layerNames: record.layerNames,
      times: record.timeParts,
      test: RunReport.TestResult(
        accuracy: outcome.result.accuracy,
        cost: outcome.result.cost,
        count: outcome.result.count,
        unit: record.data.task.unit
      ),
      comparisons: record.assessment?.entries ?? [],
      classMeasures: record.assessment?.classRows ?? [],
      confusionCounts: outcome.evaluation?.confusion.counts ?? [],
      classNames: outcome.evaluation == nil ? [] : record.classNames,
      mistakes: mistakes,
      passages: passages,
      system: record.surroundings + [entry("Compiler", Version.compiler)]
    )
  }

  /// The run in one sentence.
  private var summary: String {
    let recipe = record.recipe
    let model = "\(recipe.cell.isAn ? "An" : "A") \(recipe.modelText)"
    let times = "\(record.epochs.count) time\(record.epochs.count == 1 ? "" : "s") over"
    switch record.data.task {
    case .classify:
      return """
        \(model) read \(record.trainingCount) \(isOfImages ? "images" : "sequences") by \
        \(recipe.usedStructure.reading.words), \(times), and then read \
        \(percent(outcome.result.accuracy ?? 0)) of \(record.testCount) new \
        \(isOfImages ? "images" : "ones") rightly.
        """
    case .label:
      return """
        \(model) read \(record.trainingCount) sequences, \(times), and then told the class of \
        \(percent(outcome.result.accuracy ?? 0)) of \(outcome.result.count) new steps rightly.
        """
    case .regress, .forecast:
      return """
        \(model) read \(record.trainingCount) \
        \(record.data.task == .forecast ? "windows" : "sequences"), \(times). \
        \(outcome.lines(heading: "Test").joined(separator: "\n"))
        """
    case .languageModel:
      return """
        \(model) read a text \(times), and then was surprised by each of \(outcome.result.count) new \
        tokens by \(decimals(outcome.result.cost, 3)) nats on average.
        """
    }
  }

  private var isOfImages: Bool { record.data.name.areImages }

  private var mistakes: [RunReport.Mistake] {
    guard isOfImages, let evaluation = outcome.evaluation else { return [] }
    return evaluation.worstMistakes(of: heldOut, limit: 20).map { mistake($0, evaluation) }
  }

  private var settings: [RunReport.Entry] {
    let recipe = record.recipe
    var entries = [
      entry("Data", record.data.title),
      entry(
        "Examples",
        "\(record.trainingCount) training, \(record.validationCount) validation, \(record.testCount) test"
      ),
      entry("Data SHA-256", record.dataFingerprint),
      entry("Cell", recipe.cell.rawValue),
      entry("Hidden units", recipe.hiddenSize.text),
      entry("Layers", recipe.structure?.parts.joined(separator: ", ") ?? "plain"),
    ]
    if recipe.cell.hasForgetBias { entries.append(entry("Forget bias", "\(recipe.forgetBias)")) }
    entries += [
      entry("Starting values", recipe.initialization.rawValue),
      entry("Optimizer", recipe.optimizer.rawValue),
      entry("Learning rate", "\(recipe.learningRate)"),
      entry("Schedule", recipe.schedule.rawValue),
      entry("Gradient norm limit", recipe.clip.map { "\($0)" } ?? "none"),
      entry("Batch", "\(recipe.batchSize)"),
      entry("Last short batch", recipe.dropsLastBatch ? "left out" : "kept"),
      entry("Epochs", "\(recipe.epochs)"),
      entry("Seed", "\(record.seed)"),
      entry("Augmentation", recipe.augmentation.map(\.description) ?? "none"),
    ]
    let momentum = recipe.momentum ?? recipe.optimizer.defaultMomentum
    let further: [(name: String, value: String?)] = [
      ("Momentum", momentum.map { "\($0)" }),
      ("Weight decay", recipe.weightDecay.map { "\($0)" }),
      ("Gradient value limit", recipe.clipValue.map { "\($0)" }),
      ("Label smoothing", recipe.labelSmoothing.map { "\($0)" }),
      ("Dropout before the head", recipe.dropout.map { "\($0)" }),
      ("Average of weights", recipe.average.map { "decay \($0)" }),
      ("Precision", (recipe.precision ?? .float32).rawValue),
      ("Window", record.data.task == .languageModel ? "\(recipe.usedWindow) steps" : nil),
      ("Patience", recipe.patience.map { "\($0) epochs" }),
      ("Model kept", record.bestEpoch.map { "that of epoch \($0)" }),
    ]
    return entries + further.compactMap { item in item.value.map { entry(item.name, $0) } }
  }

  private func entry(_ name: String, _ value: String) -> RunReport.Entry {
    RunReport.Entry(name: name, value: value)
  }

  private func mistake(_ index: Int, _ evaluation: Evaluation) -> RunReport.Mistake {
    let (truth, predicted) = (heldOut.labels[index], evaluation.predictions[index])
    return RunReport.Mistake(
      image: GreyscaleImage(
        rows: heldOut.steps,
        columns: heldOut.features,
        pixels: heldOut.pixels(ofExample: index),
        tone: .ink
      ),
      trueClass: truth,
      predictedClass: predicted,
      predictedProbability: Double(evaluation.probabilities[index, predicted]),
      trueProbability: Double(evaluation.probabilities[index, truth])
    )
  }
}
