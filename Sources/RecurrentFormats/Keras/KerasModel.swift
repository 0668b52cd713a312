import Recurrent

/// A model of Keras's variables and what is known of its layers.
struct KerasModel {
  /// A recurrent layer by its name among the variables.
  struct Layer {
    var name: String
    var options: KerasRecurrentLayer.Options
  }

  /// The parts of a model, from its input to its answers.
  struct Plan {
    var embedding: String?
    var layers: [Layer] = []
    var summary: SequenceModel.Summary
    var headDropout: Float = 0
    var head: String
    /// What was left out, a sentence each.
    var notes: [String] = []
  }

  /// An embedding's product with a kernel has no more numbers than this.
  private static let foldingLimit = 1 << 28

  /// Makes the model of a plan.
  ///
  /// - Throws: `FileError` where the variables are not those of the plan's layers.
  static func model(
    _ plan: Plan,
    of variables: KerasVariables
  ) throws(FileError) -> SequenceModel {
    let arrays = variables.arrays
    let unread = Set(variables.layers.keys).subtracting(plan.layers.map(\.name))
      .subtracting([plan.head, plan.embedding ?? plan.head])
    guard unread.isEmpty else {
      throw arrays.problem("has layers that are not understood: \(FileError.list(unread.sorted()))")
    }
    var layers: [any RecurrentLayer] = []
    var (size, table): (Int?, Tensor?) = (nil, nil)
    for layer in plan.layers {
      let made = try KerasRecurrentLayer(layer.name, of: variables)
      if layers.isEmpty, let embedding = plan.embedding {
        let name = variables.layers[embedding]?[.single]?[.embeddings] ?? embedding
        let (words, features) = try arrays.matrixShape(name)
        let product = words.multipliedReportingOverflow(by: made.gates * made.hiddenSize)
        guard features == made.inputSize, !product.overflow,
          product.partialValue <= foldingLimit
        else {
          throw arrays.problem("has an embedding '\(embedding)' that does not fit, or too large")
        }
        table = try arrays.tensor(name)
      } else if let size, size != made.inputSize {
        throw arrays.problem(
          "has the layer '\(layer.name)', which reads \(made.inputSize) features after one that gives \(size)"
        )
      }
      layers.append(
        try made.layer(layer.options, embedding: layers.isEmpty ? table : nil)
      )
      size = layers[layers.count - 1].outputSize
    }
    let head = variables.layers[plan.head]?[.single] ?? [:]
    guard let kernel = head[.kernel], head[.recurrent] == nil else {
      throw arrays.problem("has no kernel of the dense layer '\(plan.head)'")
    }
    let weight = try arrays.tensor(kernel)
    guard weight.shape.rank == 2, !layers.isEmpty, weight.shape[0] == size else {
      throw arrays.problem("has a dense layer '\(plan.head)' that does not fit the layer before it")
    }
    let bias = try head[.bias].map { name throws(FileError) in
      try arrays.tensor(name, [weight.shape[1]])
    }
    return SequenceModel(
      layers: layers,
      summary: plan.summary,
      headDropout: plan.headDropout,
      head: Dense(weight: weight.transposed(), bias: bias ?? .zeros([weight.shape[1]]))
    )
  }

  /// The plan of variables that nothing else is known of: their sizes say which layer follows which, and
  /// where they leave it open, the numbers in the names that Keras gives to layers of one kind.
  static func inferred(
    _ variables: KerasVariables,
    options: ImportOptions
  ) throws(FileError) -> Plan {
    let arrays = variables.arrays
    let names = variables.names(having: .recurrent)
    let heads = variables.names(having: .kernel, without: .recurrent)
    let embeddings = variables.names(having: .embeddings)
    guard !names.isEmpty, heads.count == 1, embeddings.count <= 1 else {
      throw arrays.problem(
        "has no recurrent layer and one dense one: \(FileError.list(variables.layers.keys.sorted()))"
      )
    }
    var links: [LayerChain.Link] = []
    for name in names {
      let layer = try KerasRecurrentLayer(name, of: variables)
      links.append(
        LayerChain.Link(
          name: name,
          inputSize: layer.inputSize,
          outputSize: layer.outputSize(options.merge)
        )
      )
    }
    let kernel = variables.layers[heads[0]]?[.single]?[.kernel] ?? heads[0]
    let order = try order(
      links,
      outputSize: try arrays.matrixShape(kernel).rows,
      options: options,
      path: arrays.path
    )
    return Plan(
      embedding: embeddings.first,
      layers: order.map { place in
        Layer(
          name: names[place],
          options: .init(
            activation: options.activation,
            convention: options.convention,
            isReversed: options.isReversed,
            merge: options.merge
          )
        )
      },
      summary: options.summary,
      head: heads[0]
    )
  }

  private static func order(
    _ links: [LayerChain.Link],
    outputSize: Int,
    options: ImportOptions,
    path: String
  ) throws(FileError) -> [Int] {
    let numbers = links.map { KerasVariables.numberless($0.name) }
    func order(
      _ mayFollow: @escaping ([Int], Int) -> Bool
    ) throws(FileError) -> [Int] {
      try LayerChain.order(
        links,
        outputSizes: [outputSize],
        given: options.layerOrder,
        path: path,
        mayFollow: mayFollow
      )
    }
    do throws(FileError) {
      return try order { _, _ in true }
    } catch {
      // Layers of one kind come in the order of their numbers.
      return try order { chosen, next in
        numbers.indices.allSatisfy { other in
          numbers[other].stem != numbers[next].stem || numbers[other].number >= numbers[next].number
            || chosen.contains(other)
        }
      }
    }
  }
}
