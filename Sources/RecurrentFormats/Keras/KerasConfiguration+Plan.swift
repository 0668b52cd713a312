import Recurrent

extension KerasConfiguration {
  /// The parts of the model; `isStored` says that variables are named as a `.weights.h5` file names them.
  ///
  /// - Throws: `FileError` that names the layer and the option that are not read.
  func plan(isStored: Bool) throws(FileError) -> KerasModel.Plan {
    var walk = Walk(path: path, isStored: isStored)
    for layer in layers { try walk.add(layer) }
    return try walk.plan()
  }
}

/// A walk over a model's layers, from its input on.
private struct Walk {
  let path: String
  let isStored: Bool
  private var embedding: String?
  private var layers: [KerasModel.Layer] = []
  private var summary: SequenceModel.Summary?
  private var dropout: Float = 0
  private var head: String?
  private var notes: [String] = []
  /// Whether what the layers so far give is a step after another, and in which order.
  private var (isSequence, isFlipped) = (true, false)

  init(path: String, isStored: Bool) {
    self.path = path
    self.isStored = isStored
  }

  mutating func add(_ layer: KerasConfiguration.Layer) throws(FileError) {
    switch layer.className {
    case "InputLayer": break
    case "Masking":
      note("'\(layer.name)' masks steps: give the sequences' lengths instead")
    case "Dropout", "SpatialDropout1D":
      let rate = Float(layer.options["rate"]?.number ?? 0)
      if head == nil, !isSequence || summary != nil, (0..<1).contains(rate) { dropout = rate }
      if isSequence { note("the dropout of '\(layer.name)' in training is left out") }
    case "Embedding":
      guard layers.isEmpty, embedding == nil, head == nil else {
        throw refused(layer, "where it is")
      }
      embedding = key(layer)
      note(
        "'\(layer.name)' is part of the first layer: a step is a word as a vector with a single 1"
      )
    case "LSTM", "GRU", "SimpleRNN": try add(recurrent: layer, layer.options)
    case "Bidirectional": try add(bidirectional: layer)
    case "GlobalAveragePooling1D": try summarize(layer, .meanOutput)
    case "GlobalMaxPooling1D": try summarize(layer, .maxOutput)
    case "Dense": try add(dense: layer, layer.options)
    case "TimeDistributed":
      guard isSequence, let inner = layer.options["layer"], inner["class_name"]?.text == "Dense",
        let options = inner["config"]
      else { throw refused(layer, "around anything but a dense layer") }
      try add(dense: layer, options)
    case "Activation", "Softmax":
      try checkAnswers(layer, layer.options["activation"]?.text ?? "softmax")
    default: throw refused(layer, nil)
    }
  }

  func plan() throws(FileError) -> KerasModel.Plan {
    guard let head, !layers.isEmpty else {
      throw FileError(
        "holds a model without recurrent layers and a dense one after them",
        file: path
      )
    }
    return KerasModel.Plan(
      embedding: embedding,
      layers: layers,
      summary: summary ?? .lastOutput,
      headDropout: dropout,
      head: head,
      notes: notes
    )
  }

  private func key(_ layer: KerasConfiguration.Layer) -> String {
    isStored ? layer.storedName : layer.name
  }

  private mutating func note(_ text: String) { notes.append(text) }

  private func refused(_ layer: KerasConfiguration.Layer, _ option: String?) -> FileError {
    FileError(
      """
      holds a layer '\(layer.name.prefix(60))' of class \(layer.className.prefix(60))\
      \(option.map { " \($0)" } ?? ""), which is not read
      """,
      file: path
    )
  }

  /// Checks what is in the options of LSTM, GRU and SimpleRNN; returns what the arrays do not say.
  private func options(
    _ layer: KerasConfiguration.Layer,
    _ kind: String,
    _ options: JSONValue
  ) throws(FileError) -> KerasRecurrentLayer.Options {
    let activation = options["activation"]?.text ?? "tanh"
    let isSimple = kind == "SimpleRNN"
    guard let known = RNNCell.Activation(rawValue: activation), isSimple || known == .tanh else {
      throw refused(layer, "with activation '\(activation.prefix(40))'")
    }
    let gate = options["recurrent_activation"]?.text ?? "sigmoid"
    guard isSimple || gate == "sigmoid" else {
      throw refused(layer, "with recurrent_activation '\(gate.prefix(40))'")
    }
    for option in ["return_state", "time_major"] where options[option]?.isTrue ?? false {
      throw refused(layer, "with \(option)")
    }
    return KerasRecurrentLayer.Options(
      activation: known,
      // Before version 2 of Keras could reset after the product, it did so before.
      convention: options["reset_after"]?.isTrue ?? false ? .resetAfter : .resetBefore,
      isConventionKnown: kind == "GRU"
    )
  }

  private mutating func add(
    recurrent layer: KerasConfiguration.Layer,
    _ options: JSONValue
  ) throws(FileError) {
    guard isSequence, summary == nil, head == nil else { throw refused(layer, "where it is") }
    var own = try self.options(layer, layer.className, options)
    // A layer that goes backwards leaves its outputs in the order in which it made them.
    if options["go_backwards"]?.isTrue ?? false { isFlipped.toggle() }
    own.isReversed = isFlipped
    layers.append(KerasModel.Layer(name: key(layer), options: own))
    isSequence = options["return_sequences"]?.isTrue ?? false
    noteDropout(layer, options)
  }

  private mutating func add(bidirectional layer: KerasConfiguration.Layer) throws(FileError) {
    guard isSequence, summary == nil, head == nil, !isFlipped else {
      throw refused(layer, "where it is")
    }
    guard let inner = layer.options["layer"], let kind = inner["class_name"]?.text,
      ["LSTM", "GRU", "SimpleRNN"].contains(kind), let forward = inner["config"]
    else { throw refused(layer, "around anything but LSTM, GRU and SimpleRNN") }
    var own = try options(layer, kind, forward)
    guard !(forward["go_backwards"]?.isTrue ?? false) else {
      throw refused(layer, "with go_backwards")
    }
    if let backward = layer.options["backward_layer"] {
      guard backward["class_name"]?.text == kind, let config = backward["config"] else {
        throw refused(layer, "with a backward_layer of another kind")
      }
      let other = try options(layer, kind, config)
      guard other.activation == own.activation, other.convention == own.convention else {
        throw refused(layer, "with a backward_layer of other options")
      }
    }
    let merges: [String: Merge] = [
      "concat": .concatenate, "sum": .sum, "ave": .mean, "mul": .product,
    ]
    guard let word = layer.options["merge_mode"]?.text, let merge = merges[word] else {
      throw refused(
        layer,
        "with merge_mode '\(layer.options["merge_mode"]?.text?.prefix(40) ?? "null")'"
      )
    }
    own.merge = merge
    layers.append(KerasModel.Layer(name: key(layer), options: own))
    isSequence = forward["return_sequences"]?.isTrue ?? false
    noteDropout(layer, forward)
  }

  private mutating func noteDropout(_ layer: KerasConfiguration.Layer, _ options: JSONValue) {
    if ["dropout", "recurrent_dropout"].contains(where: { options[$0]?.number ?? 0 > 0 }) {
      note("the dropout of '\(layer.name)' in training is left out")
    }
  }

  private mutating func summarize(
    _ layer: KerasConfiguration.Layer,
    _ summary: SequenceModel.Summary
  ) throws(FileError) {
    guard isSequence, self.summary == nil, !layers.isEmpty, head == nil,
      !(layer.options["keepdims"]?.isTrue ?? false)
    else { throw refused(layer, "where it is") }
    self.summary = summary
    isSequence = false
  }

  private mutating func add(
    dense layer: KerasConfiguration.Layer,
    _ options: JSONValue
  ) throws(FileError) {
    guard head == nil, !layers.isEmpty else { throw refused(layer, "where it is") }
    if isSequence {
      guard !isFlipped else { throw refused(layer, "after a sequence in reversed order") }
      summary = .allOutputs
    }
    head = key(layer)
    try checkAnswers(layer, options["activation"]?.text ?? "linear")
  }

  private mutating func checkAnswers(
    _ layer: KerasConfiguration.Layer,
    _ activation: String
  ) throws(FileError) {
    guard head != nil, ["linear", "softmax", "sigmoid"].contains(activation) else {
      throw refused(layer, "with activation '\(activation.prefix(40))'")
    }
    if activation != "linear" {
      note("answers are what goes into the \(activation) of '\(layer.name)'")
    }
  }
}
