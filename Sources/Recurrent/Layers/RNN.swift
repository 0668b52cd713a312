/// A simple recurrent layer: an `RNNCell` over a whole sequence, as one fused operation.
public struct RNN: RecurrentLayer, FusedLayer {
  /// The parameters; one gate.
  public var weights: RecurrentWeights
  /// What the sum goes through.
  public let activation: RNNCell.Activation

  /// Creates a layer from its parameters.
  ///
  /// - Precondition: The weights have one gate.
  public init(_ weights: RecurrentWeights, activation: RNNCell.Activation = .tanh) {
    self.weights = RNNCell(weights, activation: activation).weights
    self.activation = activation
  }

  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    activation: RNNCell.Activation = .tanh,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    weights =
      RNNCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        initialization: initialization,
        using: &stream
      ).weights
    self.activation = activation
  }

  /// Returns every step's output, `[batch, time, hidden]`, and the hidden state after the last.
  ///
  /// `input` is `[batch, time, features]`. No state is the same as a state of zeros.
  ///
  /// - Precondition: The input has rank 3, at least one step, and `inputSize` features.
  /// - Complexity: O(batch time hidden (features + hidden)).
  public func callAsFunction(
    _ input: Tensor,
    state: Tensor? = nil
  ) -> (output: Tensor, state: Tensor) {
    let (output, states) = run(input, states: state.map { [$0] }, name: "RNN")
    return (output, states[0])
  }

  /// Returns every step's output, `[batch, time, hidden]`, from a state of zeros.
  public func outputs(_ input: Tensor) -> Tensor { self(input).output }

  static let modelKey = "rnn"
  var fusedCell: FusedCell {
    FusedCell(.rnn(activation), inputSize: inputSize, hiddenSize: hiddenSize)
  }

  func unrolled(_ input: Tensor, states: [Tensor]) -> (output: Tensor, states: [Tensor]) {
    let (output, last) = Recurrence(RNNCell(weights, activation: activation))(
      input,
      state: states[0]
    )
    return (output, [last])
  }
}
