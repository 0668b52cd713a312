/// A model as the arrays of a PyTorch program have it: recurrent modules, a linear one that reads them,
/// and perhaps an embedding before them.
struct PyTorchModel {
  private let file: SafetensorsFile
  private let options: ImportOptions
  private var layers: [PyTorchLayer] = []
  private var head = ""
  private var embedding: String?

  /// An embedding's product with the input weights has no more numbers than this.
  private static let foldingLimit = 1 << 28

  /// Finds the parts of a model among a file's arrays.
  ///
  /// - Throws: `FileError` that names what cannot be understood.
  init(_ file: SafetensorsFile, options: ImportOptions) throws(FileError) {
    self.file = file
    self.options = options
    let modules = PyTorchModules(file.entries.keys)
    guard !modules.layers.isEmpty else {
      throw file.problem("has no recurrent layers ('weight_ih')")
    }
    let linear = try LinearModules(modules.otherNames, of: file)
    layers = try ordered(modules.layers, before: linear)
    for (layer, next) in zip(layers, layers.dropFirst()) where layer.outputSize != next.inputSize {
      throw file.problem(
        "has layers that do not fit: one gives \(layer.outputSize) features, the next reads \(next.inputSize)"
      )
    }
    (head, embedding) = try linear.roles(
      reading: layers[layers.count - 1].outputSize,
      feeding: layers[0].inputSize
    )
    if let embedding {
      let words = try file.matrixShape(named: "\(embedding)weight").rows
      let size = words.multipliedReportingOverflow(by: layers[0].gates * layers[0].hiddenSize)
      guard !size.overflow, size.partialValue <= Self.foldingLimit else {
        throw file.problem("has an embedding '\(embedding)weight' too large for input weights")
      }
    }
  }

  /// The layers from the input to the head.
  private func ordered(
    _ modules: [String: [Int: PyTorchModules.LayerNames]],
    before linear: LinearModules
  ) throws(FileError) -> [PyTorchLayer] {
    // Modules that share one numbering are one stack, as this library writes layers of several kinds.
    var numbered: [Int: PyTorchModules.LayerNames] = [:]
    var count = 0
    for layers in modules.values {
      count += layers.count
      numbered.merge(layers) { first, _ in first }
    }
    if numbered.count == count { return try stack(numbered) }
    var (links, stacks): ([LayerChain.Link], [[PyTorchLayer]]) = ([], [])
    for (prefix, layers) in modules.sorted(by: { $0.key < $1.key }) {
      let stack = try stack(layers)
      stacks.append(stack)
      links.append(
        LayerChain.Link(
          name: prefix.hasSuffix(".") ? String(prefix.dropLast()) : prefix,
          inputSize: stack[0].inputSize,
          outputSize: stack[stack.count - 1].outputSize
        )
      )
    }
    return try LayerChain.order(
      links,
      outputSizes: linear.inputSizes,
      given: options.layerOrder,
      path: file.path
    ).flatMap { stacks[$0] }
  }

  private func stack(
    _ numbered: [Int: PyTorchModules.LayerNames]
  ) throws(FileError) -> [PyTorchLayer] {
    var stack: [PyTorchLayer] = []
    for number in 0..<numbered.count {
      guard let names = numbered[number] else {
        let last = numbered.keys.max()
        throw file.problem(
          "has a layer of number \(last ?? 0), but none of number \(number)"
        )
      }
      stack.append(try PyTorchLayer(names, of: file))
    }
    return stack
  }

  /// The model with its numbers.
  func model() throws(FileError) -> SequenceModel {
    // One word for all layers, or one for each.
    let words = (file.metadata["activation"] ?? "").split(separator: ",").map(String.init)
    let table = try embedding.map { name throws(FileError) in
      try file.convertedTensor(named: "\(name)weight")
    }
    var made: [any RecurrentLayer] = []
    for (index, layer) in layers.enumerated() {
      let word = words.count > index ? words[index] : words.first
      made.append(
        try layer.layer(
          activation: word.flatMap(RNNCell.Activation.init) ?? options.activation,
          embedding: index == 0 ? table : nil
        )
      )
    }
    let weight = try file.convertedTensor(named: "\(head)weight")
    let outputs = weight.shape[0]
    let bias =
      file.entries["\(head)bias"] == nil
      ? Tensor.zeros([outputs]) : try file.convertedVector(named: "\(head)bias", count: outputs)
    return SequenceModel(
      reading: try file.reading(),
      layers: made,
      summary: file.summary ?? options.summary,
      head: Dense(weight: weight, bias: bias)
    )
  }
}

/// The modules of a PyTorch program that have a matrix and perhaps a bias: linear ones and embeddings.
private struct LinearModules {
  private let file: SafetensorsFile
  /// What stands before "weight" in their names.
  private let prefixes: [String]

  init(_ names: Set<String>, of file: SafetensorsFile) throws(FileError) {
    self.file = file
    let weights = names.filter { name in
      (name == "weight" || name.hasSuffix(".weight")) && file.entries[name]?.shape.count == 2
    }
    prefixes = weights.map { String($0.dropLast(6)) }.sorted()
    for name in weights { _ = try file.matrixShape(named: name) }
    let unread = names.subtracting(weights).subtracting(prefixes.map { "\($0)bias" })
    guard unread.isEmpty else {
      throw file.problem("has arrays that no layer uses: \(FileError.list(unread.sorted()))")
    }
  }

  /// How many features they read, or words they have vectors of this size for.
  var inputSizes: Set<Int> { Set(prefixes.compactMap { file.entries["\($0)weight"]?.shape[1] }) }

  /// Which of them reads `outputSize` features, and which has vectors of `inputSize` numbers for words.
  func roles(
    reading outputSize: Int,
    feeding inputSize: Int
  ) throws(FileError) -> (head: String, embedding: String?) {
    func reads(_ prefix: String, _ size: Int) -> Bool {
      file.entries["\(prefix)weight"]?.shape[1] == size
    }
    if prefixes.count == 1 {
      guard reads(prefixes[0], outputSize) else {
        throw file.problem("array '\(prefixes[0])weight' does not fit the last recurrent layer")
      }
      return (prefixes[0], nil)
    }
    var pairs: [(head: String, embedding: String)] = []
    if prefixes.count == 2 {
      for (head, embedding) in [(prefixes[0], prefixes[1]), (prefixes[1], prefixes[0])] {
        let isEmbedding = file.entries["\(embedding)bias"] == nil && reads(embedding, inputSize)
        if isEmbedding && reads(head, outputSize) { pairs.append((head, embedding)) }
      }
    }
    guard pairs.count == 1 else {
      throw file.problem(
        """
        has no linear layer beside the recurrent ones, or several\
        \(prefixes.isEmpty ? "" : ": \(FileError.list(prefixes.map { "\($0)weight" }))")
        """
      )
    }
    return pairs[0]
  }
}
