import Recurrent
import RecurrentData
import RecurrentReports

extension Explanation {
  /// The most numbers of gates and states that a page holds: some 10 MB.
  private static let mostNumbers = 2_000_000

  /// The page that shows it.
  func page(of run: String) -> ExplanationPage {
    let layers = shownLayers
    return ExplanationPage(
      title: "\(trained.record.recipe.cell.title) reading \(example.title)",
      runName: run,
      summary: summary,
      stepNoun: stepNoun,
      steps: steps,
      input: pageInput,
      inputNote: inputNote,
      positions: positions,
      answers: ExplanationPage.Answers(
        hasClasses ? .probabilities : .numbers,
        names: outputNames.map(Self.visible),
        values: answers.elements,
        truth: example.truth
      ),
      attributions: attributions,
      layers: layers,
      remarks: remarks(shown: layers.count)
    )
  }

  private var isImage: Bool { trained.record.data.name.areImages }

  private var pageInput: ExplanationPage.Input {
    let (values, features) = (example.input.elements, example.input.shape[1])
    if isImage { return .image(columns: features, pixels: values) }
    if case .text(let preparation) = trained.preparation {
      let tokens = (0..<steps).map { step in
        let row = values[step * features..<(step + 1) * features]
        return Self.visible(
          preparation.vocabulary[row.firstIndex(of: 1).map { $0 - row.startIndex } ?? 0]
        )
      }
      return .text(tokens: tokens)
    }
    return .series(names: featureNames, values: values)
  }

  /// What the features of a step are called.
  private var featureNames: [String] {
    let features = example.input.shape[1]
    if case .table(let table, let series) = trained.preparation,
      series.features == table.variableNames.count
    {
      return table.variableNames
    }
    if case .forecast(let forecast, _) = trained.preparation { return forecast.variables }
    return features == 1 ? ["value"] : (1...features).map { "feature \($0)" }
  }

  /// A token as it can be seen.
  private static func visible(_ token: String) -> String {
    switch token {
    case "\n": "↵"
    case " ": "␣"
    case "\t": "⇥"
    default: token
    }
  }

  private var inputNote: String {
    isImage
      ? "What was read up to the chosen \(stepNoun); the rest is pale."
      : task == .languageModel
        ? "The text as it was read; touch a token to go there."
        : "The numbers as the model reads them, after their preparation."
  }

  /// Where what is read lies in an image; nil where it is read row by row.
  private var positions: [Int]? {
    guard isImage, trained.model.reading != .rows else { return nil }
    return trained.model.reading.positions(
      steps: example.input.shape[0],
      features: example.input.shape[1]
    )
  }

  // MARK: What mattered

  private var attributions: [ExplanationPage.Attribution] {
    guard let gradients else { return [] }
    let (rows, features) = (example.input.shape[0], example.input.shape[1])
    let hasSteps = hasInputSteps
    let sums = (0..<rows).map { row in
      Float(
        gradients.contributions.elements[row * features..<(row + 1) * features]
          .reduce(0) { $0 + Double($1) }
      )
    }
    let first = ExplanationPage.Attribution(
      name: "integrated gradients",
      note: """
        How much each number contributed to \(scoreWords), orange for and blue against. \(completeness)
        """,
      values: task == .languageModel ? nil : gradients.contributions.elements,
      bySteps: hasSteps ? sums : nil
    )
    return [first]
      + occlusions.map { occlusion in
        let isWhole = occlusion.window.features == nil
        let falls = occlusion.falls.elements
        return ExplanationPage.Attribution(
          name: occlusionName(occlusion.window),
          note: """
            By how much \(scoreWords) falls when \(hiddenWords(occlusion.window)) hidden: orange where \
            that was needed, blue where the model does better without.
            """,
          values: isWhole && !isImage
            ? nil : isWhole ? falls.flatMap { Array(repeating: $0, count: features) } : falls,
          bySteps: isWhole ? falls : nil
        )
      }
  }

  /// The number that is asked what it depends on, in words.
  var scoreWords: String {
    guard hasClasses else { return "the answer's \(outputNames[0])" }
    return "the log-odds of “\(Self.visible(outputNames[finalClass]))”"
  }

  /// What the contributions add up to.
  var completeness: String {
    guard let gradients else { return "" }
    let unit = hasClasses ? " nats" : ""
    return """
      Together they are \(decimals(gradients.total, 4)) of \(decimals(gradients.difference, 4))\(unit), the \
      difference from an input of zeros: \(percent(gradients.completenessError)) off, with \
      \(gradients.points) points of the way.
      """
  }

  private func occlusionName(_ window: SequenceModel.OcclusionWindow) -> String {
    guard window.features == nil else {
      return "occlusion by \(window.steps) × \(window.steps) pixels"
    }
    let noun = isImage ? "row" : stepNoun
    return window.steps == 1 ? "occlusion by \(noun)" : "occlusion by \(window.steps) \(noun)s"
  }

  private func hiddenWords(_ window: SequenceModel.OcclusionWindow) -> String {
    guard window.features == nil else {
      return "the square of \(window.steps) by \(window.steps) around a pixel is"
    }
    let noun = isImage ? "row" : stepNoun
    return window.steps == 1 ? "a \(noun) is" : "\(window.steps) \(noun)s around one are"
  }

  // MARK: Layers

  /// The layers, as many of the last ones as the page has room for.
  private var shownLayers: [ExplanationPage.Layer] {
    var room = Self.mostNumbers
    var layers: [ExplanationPage.Layer] = []
    let inputs = layerInputs
    let parameters = Dictionary(
      trained.model.parameters.map { ($0.name, $0.value) },
      uniquingKeysWith: { first, _ in first }
    )
    for trace in traces.reversed() {
      let sums = GateSum.holding(
        for: trace,
        reading: inputs[trace.layer],
        parameters: parameters
      )
      let signals = trace.gates + trace.states
      room -= signals.reduce(0) { $0 + $1.values.count }
      room -= sums.reduce(0) { $0 + 2 * $1.fromInput.count }
      guard room >= 0 else { break }
      layers.insert(layer(trace, sums), at: 0)
    }
    return layers
  }

  /// What each layer reads, `[time, features]`.
  private var layerInputs: [Tensor] {
    let (model, shape) = (trained.model, example.input.shape)
    let size = model.reading.size(steps: shape[0], features: shape[1]) ?? (shape[0], shape[1])
    var inputs = [
      model.reading == .rows
        ? example.input
        : example.input.reshaped(to: [example.input.count])
          .gathered(at: model.reading.positions(steps: shape[0], features: shape[1]))
          .reshaped(to: [size.steps, size.features])
    ]
    for (index, layer) in model.layers.dropLast().enumerated() {
      let input = inputs[index].reshaped(to: [1, size.steps, inputs[index].shape[1]])
      let outputs = layer.run(input, in: SequencePass(layer: index)).outputs
      inputs.append(outputs.slice(at: 0, along: 0))
    }
    return inputs
  }

  private func layer(_ trace: GateTrace, _ sums: [GateSum]) -> ExplanationPage.Layer {
    let units = trace.states.last?.values.shape[2] ?? 0
    let direction = trace.isReversed ? ", reading backward" : ""
    return ExplanationPage.Layer(
      name: trace.name,
      title: "Layer \(trace.layer)\(direction)",
      isReversed: trace.isReversed,
      units: units,
      gates: trace.gates.map { signal($0) },
      states: trace.states.map { signal($0) },
      initial: Dictionary(
        uniqueKeysWithValues: zip(trace.states.map(\.name), trace.initialStates.map(\.elements))
          .filter { $0.1.contains { $0 != 0 } }
      ),
      sums: sums,
      equations: UnitEquation.holding(for: trace)
    )
  }

  private func signal(_ signal: GateTrace.Signal) -> ExplanationPage.Signal {
    let values = signal.values.elements
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
    let reach = max(1, Double(max(-least, greatest)))
    // Shares are told from 0 to 1, everything else evenly about zero.
    let isShare = least >= 0 && greatest <= 1 && !signal.name.contains("state")
    return ExplanationPage.Signal(
      name: signal.name,
      values: values,
      range: isShare ? 0...1 : -Self.rounded(reach)...Self.rounded(reach)
    )
  }

  /// A number rounded up to two digits, at least.
  private static func rounded(_ number: Double) -> Double { (number * 10).rounded(.up) / 10 }

  private func remarks(shown: Int) -> [String] {
    let untold = trained.model.layers.count - Set(traces.map(\.layer)).count
    return [
      untold > 0
        ? "\(untold) of \(trained.model.layers.count) layers go over the image line by line and have no gates of a step."
        : nil,
      shown < traces.count
        ? "The page has room for the last \(shown) of \(traces.count) layers." : nil,
    ].compactMap(\.self)
  }
}
