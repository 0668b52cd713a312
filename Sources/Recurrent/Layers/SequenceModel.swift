/// A model that reads a sequence and answers with numbers for each class.
public protocol SequenceClassifier: Parameterized {
  /// Returns the logits, `[batch, classes]`, for sequences `[batch, time, features]`.
  func callAsFunction(_ input: Tensor) -> Tensor
}

/// Recurrent layers one on another, what of their output is kept, and a dense head.
public struct SequenceModel: SequenceClassifier {
  /// Which outputs of the last recurrent layer the head reads.
  public enum Summary: String, Sendable, Codable {
    /// The last step's; the model gives `[batch, classes]`.
    case lastOutput
    /// Every step's; the model gives `[batch, time, classes]`.
    case allOutputs
  }

  /// The recurrent layers, the first reads the input.
  public var layers: [any RecurrentLayer]
  /// Which outputs the head reads.
  public let summary: Summary
  /// The layer that turns outputs into logits.
  public var head: Dense

  /// Creates a model from its layers.
  ///
  /// - Precondition: There is at least one recurrent layer, and each reads what the one before
  ///   gives.
  public init(layers: [any RecurrentLayer], summary: Summary = .lastOutput, head: Dense) {
    require(!layers.isEmpty, "a SequenceModel needs at least one recurrent layer")
    let sizes = layers.dropFirst().map(\.inputSize) + [head.inputSize]
    for (layer, next) in zip(layers, sizes) {
      require(
        layer.hiddenSize == next,
        "a layer that gives \(layer.hiddenSize) features cannot feed one that reads \(next)"
      )
    }
    self.layers = layers
    self.summary = summary
    self.head = head
  }

  /// Creates an LSTM with a dense head and random parameters, drawn by `seed`.
  ///
  /// - Precondition: The sizes are at least 1.
  public static func lstm(
    inputSize: Int,
    hiddenSize: Int,
    classes: Int,
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    seed: UInt64
  ) -> SequenceModel {
    var stream = RandomStream(seed: seed, purpose: .initialisation, index: 0)
    let layer = LSTM(
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      forgetBias: forgetBias,
      initialization: initialization,
      using: &stream
    )
    return SequenceModel(
      layer,
      classes: classes,
      initialization: initialization,
      seed: seed
    )
  }

  /// Creates a simple recurrent network with a dense head and random parameters, drawn by `seed`.
  ///
  /// - Precondition: The sizes are at least 1.
  public static func rnn(
    inputSize: Int,
    hiddenSize: Int,
    classes: Int,
    activation: RNNCell.Activation = .tanh,
    initialization: Initialization = .recommended,
    seed: UInt64
  ) -> SequenceModel {
    var stream = RandomStream(seed: seed, purpose: .initialisation, index: 0)
    let layer = RNN(
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      activation: activation,
      initialization: initialization,
      using: &stream
    )
    return SequenceModel(
      layer,
      classes: classes,
      initialization: initialization,
      seed: seed
    )
  }

  private init(
    _ layer: any RecurrentLayer,
    classes: Int,
    initialization: Initialization,
    seed: UInt64
  ) {
    var stream = RandomStream(seed: seed, purpose: .initialisation, index: 1)
    self.init(
      layers: [layer],
      head: Dense(
        inputSize: layer.hiddenSize,
        outputSize: classes,
        initialization: initialization,
        using: &stream
      )
    )
  }

  /// Returns the logits for sequences `[batch, time, features]`.
  ///
  /// They are `[batch, classes]`, or `[batch, time, classes]` where all outputs are kept.
  ///
  /// - Precondition: The input has rank 3 and the first layer's input size.
  public func callAsFunction(_ input: Tensor) -> Tensor {
    let outputs = layers.reduce(input) { $1.outputs($0) }
    return switch summary {
    case .lastOutput: head(outputs.slice(at: outputs.shape[1] - 1, along: 1))
    case .allOutputs: head(outputs)
    }
  }

  /// Visits the parameters layer by layer, then the head's.
  ///
  /// Their names are those of a PyTorch module with an attribute `lstm` or `rnn` and a `head`:
  /// "lstm.weight_ih_l0", "head.weight".
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    for index in layers.indices {
      try layers[index].visitParameters(asLayer: index, visit)
    }
    try head.visitParameters { try visit("head.\($0)", &$1) }
  }
}
