/// A model that reads a sequence and answers with numbers for each class.
public protocol SequenceClassifier: Parameterized {
  /// Returns the logits, `[batch, classes]`, for sequences `[batch, time, features]`.
  func callAsFunction(_ input: Tensor) -> Tensor

  /// Returns the logits for sequences of the pass's lengths, in training with its masks.
  ///
  /// A model that does not implement this reads whole rows without masks.
  func logits(_ input: Tensor, in pass: SequencePass) -> Tensor
}

extension SequenceClassifier {
  /// Returns the logits for whole rows.
  ///
  /// - Precondition: All rows have as many steps as the batch.
  public func logits(_ input: Tensor, in pass: SequencePass) -> Tensor {
    require(
      pass.lengths?.allSatisfy { $0 == input.shape[1] } ?? true,
      "\(Self.self) reads whole rows; implement logits(_:in:) for rows of unequal length"
    )
    return self(input)
  }
}

/// Recurrent layers one on another, what of their output is kept, and a dense head.
public struct SequenceModel: SequenceClassifier {
  /// Which outputs of the last recurrent layer the head reads.
  public enum Summary: String, Sendable, Codable, CaseIterable {
    /// The output after everything was read; the model gives `[batch, classes]`.
    case lastOutput
    /// Every step's; the model gives `[batch, time, classes]`.
    case allOutputs
    /// The mean over the steps of each row; the model gives `[batch, classes]`.
    case meanOutput
    /// The largest of each feature over the steps of each row; the model gives `[batch, classes]`.
    case maxOutput
  }

  /// In which way the first layer reads the input.
  public let reading: Reading
  /// The recurrent layers, the first reads the input.
  public var layers: [any RecurrentLayer]
  /// Which outputs the head reads.
  public let summary: Summary
  /// The share of the head's inputs that are left out in training, drawn for each example.
  public var headDropout: Float
  /// The layer that turns outputs into logits.
  public var head: Dense

  /// Creates a model from its layers.
  ///
  /// - Precondition: There is at least one recurrent layer, and each reads what the one before
  ///   gives; the dropout is from 0 up to 1.
  public init(
    reading: Reading = .rows,
    layers: [any RecurrentLayer],
    summary: Summary = .lastOutput,
    headDropout: Float = 0,
    head: Dense
  ) {
    require(!layers.isEmpty, "a SequenceModel needs at least one recurrent layer")
    require((0..<1).contains(headDropout), "dropout is from 0 up to 1, got \(headDropout)")
    let sizes = layers.dropFirst().map(\.inputSize) + [head.inputSize]
    for (layer, next) in zip(layers, sizes) {
      require(
        layer.outputSize == next,
        "a layer that gives \(layer.outputSize) features cannot feed one that reads \(next)"
      )
    }
    self.reading = reading
    self.layers = layers
    self.summary = summary
    self.headDropout = headDropout
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
      [layer],
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
      [layer],
      classes: classes,
      initialization: initialization,
      seed: seed
    )
  }

  /// Creates a model with a dense head whose parameters are drawn by `seed`.
  package init(
    reading: Reading = .rows,
    _ layers: [any RecurrentLayer],
    summary: Summary = .lastOutput,
    headDropout: Float = 0,
    classes: Int,
    initialization: Initialization,
    seed: UInt64
  ) {
    var stream = RandomStream(seed: seed, purpose: .initialisation, index: 1)
    self.init(
      reading: reading,
      layers: layers,
      summary: summary,
      headDropout: headDropout,
      head: Dense(
        inputSize: layers.last?.outputSize ?? 0,
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
  /// - Precondition: The input has rank 3, and what is read of it the first layer's input size.
  public func callAsFunction(_ input: Tensor) -> Tensor { logits(input, in: SequencePass()) }

  /// Returns the logits for sequences of the pass's lengths, in training with its masks.
  ///
  /// - Precondition: As for a call; there is a length for each row, from 1 to the number of steps.
  public func logits(_ input: Tensor, in pass: SequencePass) -> Tensor {
    var pass = pass
    let read = reading.of(input, lengths: pass.lengths)
    var output = LayerOutput(outputs: read, final: read)
    for (index, layer) in layers.enumerated() {
      pass.layer = index
      output = layer.run(output.outputs, in: pass)
    }
    return head(headInput(of: output, in: pass))
  }

  /// What the head reads of the last layer's output, in training with its mask.
  func headInput(of output: LayerOutput, in pass: SequencePass) -> Tensor {
    let summed = summary.of(output, lengths: pass.lengths)
    let mask = pass.masks.flatMap {
      $0.dropout(summed.shape, rate: headDropout, at: MaskSite(use: .headDropout))
    }
    return mask.map { summed * $0 } ?? summed
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

extension SequenceModel.Summary {
  /// What the head reads of a layer's output.
  func of(_ output: LayerOutput, lengths: [Int]?) -> Tensor {
    let outputs = output.outputs
    let (batch, steps) = (outputs.shape[0], outputs.shape[1])
    switch self {
    case .lastOutput: return output.final
    case .allOutputs: return outputs
    case .meanOutput:
      let counts = (lengths ?? Array(repeating: steps, count: batch)).map { Float($0) }
      return outputs.sum(along: 1) / Tensor(counts, shape: [batch, 1])
    case .maxOutput:
      return outputs.largestSteps(lengths ?? Array(repeating: steps, count: batch))
    }
  }
}

extension Tensor {
  /// The largest of each feature over the steps of each row of `[batch, time, features]`, the first
  /// on a tie: `[batch, features]`.
  fileprivate func largestSteps(_ lengths: [Int]) -> Tensor {
    let (batch, steps, features) = (shape[0], shape[1], shape[2])
    let values = elements
    var places: [Int] = []
    for row in 0..<batch {
      for feature in 0..<features {
        func place(_ step: Int) -> Int { (row * steps + step) * features + feature }
        var best = 0
        for step in 1..<max(lengths[row], 1) where values[place(step)] > values[place(best)] {
          best = step
        }
        places.append(place(best))
      }
    }
    return reshaped(to: [count]).gathered(at: places).reshaped(to: [batch, features])
  }
}
