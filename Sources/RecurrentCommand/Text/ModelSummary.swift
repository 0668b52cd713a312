import Recurrent

/// What there is to say of a model before, or after, it was trained.
struct ModelSummary {
  let model: SequenceModel
  /// Whether the parameters are what training left, rather than starting values.
  let isTrained: Bool
  let recipe: Recipe
  /// The steps and features of a sequence before it is read.
  let steps: Int
  let features: Int
  let seed: UInt64
  let threads: Int

  private var classes: Int { model.head.outputSize }

  /// All of it, line by line.
  var lines: [String] {
    get throws {
      var lines = [
        "\(recipe.modelText); \(steps) steps of \(features) features, \(classes) classes"
      ]
      if let parts = recipe.structure?.parts {
        lines.append("Layers: \(parts.joined(separator: ", "))")
      }
      let bias = recipe.cell.hasForgetBias ? ", forget bias \(recipe.forgetBias)" : ""
      lines.append(
        "Starting values: \(recipe.initialization.rawValue) (\(recipe.initialization.words))\(bias)"
      )
      return try lines + [""] + layerLines + [""] + parameterLines + [""] + costLines
    }
  }

  // MARK: - Layers

  private var layerLines: [String] {
    let operations = operationsOfStep
    var rows = [["layer", "", "reads", "gives", "parameters", "FLOPs a step"]]
    for (index, layer) in model.layers.enumerated() {
      let description = model.layerDescriptions?[index]
      rows.append([
        "\(index)", description.map(title) ?? "\(type(of: layer))", "\(layer.inputSize)",
        "\(layer.outputSize)", "\(layer.parameterCount)",
        operations.map { "\($0[index])" } ?? "",
      ])
    }
    let head = model.head
    rows.append([
      "head", "dense", "\(head.inputSize)", "\(head.outputSize)", "\(head.parameterCount)", "",
    ])
    rows.append([
      "all", "", "", "", "\(model.parameterCount)",
      operations.map { "\($0.reduce(0, +))" } ?? "",
    ])
    return alignedLines(rows, textColumns: 2)
  }

  private func title(_ layer: LayerDescription) -> String {
    let merge = layer.directions.count == 2 ? layer.merge ?? .concatenate : nil
    let parts: [String?] = [
      recipe.cell.title,
      layer.sweep.map { "sweep \($0.axis.rawValue) \($0.places) places" },
      merge.map { "both directions (\($0.rawValue))" },
      layer.isResidual ? "residual" : nil,
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }

  /// The operations of one step of one sequence forward, layer by layer; nil if they are not known.
  private var operationsOfStep: [Int]? {
    model.layerDescriptions?.map { layer in
      OperationCount.layers(of: [layer]).reduce(0) { $0 + 2 * $1.ofStep }
    }
  }

  // MARK: - Parameters

  private var parameterLines: [String] {
    let rows = model.parameters.map { name, value in
      let numbers = value.elements.map(Double.init)
      let count = Double(max(numbers.count, 1))
      let mean = numbers.reduce(0, +) / count
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return [
        name, "\(value.shape)", "\(value.count)", decimals(mean, 4),
        decimals(variance.squareRoot(), 4),
      ]
    }
    let head = ["parameter", "shape", "numbers", isTrained ? "mean" : "starts at", "deviation"]
    return alignedLines([head] + rows, textColumns: 2)
  }

  // MARK: - What a training step takes

  private var costLines: [String] {
    get throws {
      var lines: [String] = []
      let size = model.reading.size(steps: steps, features: features)
      if let layers = model.layerDescriptions, let steps = size?.steps {
        let count = OperationCount(
          layers: OperationCount.layers(of: layers),
          batch: recipe.batchSize,
          steps: steps
        )
        lines.append(
          """
          A training step of \(recipe.batchSize) sequences: \(Self.large(count.training)) \
          floating-point operations, \(Self.large(count.forward)) of them forward
          """
        )
      }
      let memory = try TrainingMemory(ofStepOn: blankDataset) {
        recipe.trainer(of: model, seed: seed, threads: threads)
      }
      let parts: [(name: String, bytes: Int)] = [
        ("parameters", memory.parameters), ("gradient", memory.gradient),
        (recipe.optimizer.rawValue, memory.optimizer), ("average", memory.average),
        ("work of \(threads) thread\(threads == 1 ? "" : "s")", memory.work),
      ]
      let text = parts.filter { $0.bytes > 0 }.map { "\($0.name) \(Self.megabytes($0.bytes))" }
      lines.append(
        "Its memory: \(Self.megabytes(memory.total)): " + text.joined(separator: ", ")
      )
      return lines
    }
  }

  /// A batch of zeros.
  private var blankDataset: SequenceDataset {
    let (count, names) = (recipe.batchSize, (0..<classes).map { "\($0)" })
    return SequenceDataset(
      elements: .bytes([UInt8](repeating: 0, count: count * steps * features), scale: 1),
      count: count,
      steps: steps,
      features: features,
      targets: model.summary == .allOutputs
        ? .classesOfSteps([Int32](repeating: 0, count: count * steps))
        : .classes([Int](repeating: 0, count: count)),
      outputNames: names
    )
  }

  private static func megabytes(_ bytes: Int) -> String { "\(decimals(Double(bytes) / 1e6, 2)) MB" }

  private static func large(_ count: Double) -> String {
    switch count {
    case ..<1e6: decimals(count, 0)
    case ..<1e9: decimals(count / 1e6, 1) + " million"
    default: decimals(count / 1e9, 2) + " billion"
    }
  }
}

extension Initialization {
  /// What it does, in words.
  var words: String {
    switch self {
    case .recommended: "Glorot uniform inputs, an orthogonal matrix for each gate, zero biases"
    case .torch: "uniform between ±1/√hidden"
    case .keras: "Glorot uniform inputs, one orthogonal matrix over all gates, zero biases"
    case .notebook: "Glorot uniform over input and state, zero biases, a normal head"
    case .he: "normal with deviation √(2/inputs), zero biases"
    case .identity: "the identity as recurrent matrix, others nearly zero, zero biases"
    case .chrono(let memory): "as recommended, gates that forget over 1 to \(memory) steps"
    }
  }
}
