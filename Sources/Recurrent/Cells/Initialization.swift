/// Which framework's starting values a model begins with.
public enum Initialization: String, Sendable, Codable, CaseIterable {
  /// Glorot uniform input weights, an orthogonal recurrent matrix for each gate, zero biases.
  case recommended
  /// PyTorch: everything uniform between ±1/√hidden, the head's between ±1/√inputs.
  case torch
  /// Keras: Glorot uniform input weights, one orthogonal matrix over all gates, zero biases.
  case keras
  /// TensorFlow 1's BasicLSTMCell: Glorot uniform over [input + hidden, gates * hidden], zero
  /// biases; the head and its bias normal with standard deviation 1, as in the classic notebook.
  case notebook

  /// Returns starting values for a recurrent cell.
  ///
  /// `recurrentSize` is the number of features of the hidden state where it is not that of the
  /// hidden units: a projection's, or 0 where there is no recurrent matrix.
  ///
  /// - Precondition: The other sizes are at least 1.
  func weights(
    gates: Int,
    inputSize: Int,
    hiddenSize: Int,
    recurrentSize: Int? = nil,
    from stream: inout RandomStream
  ) -> RecurrentWeights {
    require(
      inputSize > 0 && hiddenSize > 0,
      "a recurrent cell needs sizes of at least 1, got input \(inputSize), hidden \(hiddenSize)"
    )
    let rows = gates * hiddenSize
    let columns = recurrentSize ?? hiddenSize
    var bias = Initializer.constant(0)
    let input: Tensor
    let recurrent: Tensor
    switch self {
    case .recommended:
      let glorot = Initializer.glorotUniform(inputs: inputSize, outputs: hiddenSize)
      input = glorot.tensor([rows, inputSize], from: &stream)
      recurrent = Tensor.concatenated(
        (0..<gates).map { _ in
          Initializer.orthogonal.tensor([hiddenSize, columns], from: &stream)
        },
        along: 0
      )
    case .keras:
      let glorot = Initializer.glorotUniform(inputs: inputSize, outputs: rows)
      input = glorot.tensor([rows, inputSize], from: &stream)
      recurrent = Initializer.orthogonal.tensor([rows, columns], from: &stream)
    case .torch:
      bias = .uniform(bound: 1 / Float(hiddenSize).squareRoot())
      input = bias.tensor([rows, inputSize], from: &stream)
      recurrent = bias.tensor([rows, columns], from: &stream)
    case .notebook:
      let glorot = Initializer.glorotUniform(inputs: inputSize + columns, outputs: rows)
      input = glorot.tensor([rows, inputSize], from: &stream)
      recurrent = glorot.tensor([rows, columns], from: &stream)
    }
    return RecurrentWeights(
      input: input,
      recurrent: recurrent,
      bias: bias.tensor([rows], from: &stream),
      gates: gates
    )
  }

  /// Returns starting values for an LSTM's projection, `[projection, hidden]`.
  func projection(
    from hiddenSize: Int,
    to projectionSize: Int,
    from stream: inout RandomStream
  ) -> Tensor {
    let initializer =
      self == .torch
      ? Initializer.uniform(bound: 1 / Float(hiddenSize).squareRoot())
      : .glorotUniform(inputs: hiddenSize, outputs: projectionSize)
    return initializer.tensor([projectionSize, hiddenSize], from: &stream)
  }

  /// Returns starting values for a GRU's inner bias, `[hidden]`.
  func innerBias(hiddenSize: Int, from stream: inout RandomStream) -> Tensor {
    let initializer =
      self == .torch
      ? Initializer.uniform(bound: 1 / Float(hiddenSize).squareRoot()) : .constant(0)
    return initializer.tensor([hiddenSize], from: &stream)
  }

  /// Returns starting values for a dense layer: the weight `[outputs, inputs]` and the bias.
  func denseWeights(
    inputSize: Int,
    outputSize: Int,
    from stream: inout RandomStream
  ) -> (weight: Tensor, bias: Tensor) {
    let weight: Initializer
    var bias = Initializer.constant(0)
    switch self {
    case .recommended, .keras:
      weight = .glorotUniform(inputs: inputSize, outputs: outputSize)
    case .torch:
      weight = .uniform(bound: 1 / Float(inputSize).squareRoot())
      bias = weight
    case .notebook:
      weight = .normal(standardDeviation: 1)
      bias = weight
    }
    return (
      weight.tensor([outputSize, inputSize], from: &stream),
      bias.tensor([outputSize], from: &stream)
    )
  }
}
