/// A long short-term memory layer: an `LSTMCell` over a whole sequence, as one fused operation.
///
/// Equations, gate order and bias are the cell's; the two agree to rounding, forward and backward.
public struct LSTM: RecurrentLayer, FusedLayer {
  /// What the layer carries from one step to the next.
  public typealias State = LSTMCell.State

  /// The parameters; four gates: input, forget, candidate, output.
  public var weights: RecurrentWeights

  /// Creates a layer from its parameters.
  ///
  /// - Precondition: The weights have four gates.
  public init(_ weights: RecurrentWeights) { self.weights = LSTMCell(weights).weights }

  /// Creates a layer with random parameters.
  ///
  /// `forgetBias` is what the forget gate's bias starts from.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    weights =
      LSTMCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      ).weights
  }

  /// Returns every step's output, `[batch, time, hidden]`, and the state after the last step.
  ///
  /// `input` is `[batch, time, features]`. No state is the same as a state of zeros.
  ///
  /// - Precondition: The input has rank 3, at least one step, and `inputSize` features.
  /// - Complexity: O(batch time hidden (features + hidden)).
  public func callAsFunction(
    _ input: Tensor,
    state: State? = nil
  ) -> (output: Tensor, state: State) {
    let (output, states) = run(
      input,
      states: state.map { [$0.hidden, $0.cell] },
      name: "LSTM"
    )
    return (output, State(hidden: states[0], cell: states[1]))
  }

  /// Returns every step's output, `[batch, time, hidden]`, from a state of zeros.
  public func outputs(_ input: Tensor) -> Tensor { self(input).output }

  static let modelKey = "lstm"
  var fusedCell: FusedCell { FusedCell(.lstm, inputSize: inputSize, hiddenSize: hiddenSize) }

  func unrolled(_ input: Tensor, states: [Tensor]) -> (output: Tensor, states: [Tensor]) {
    let start = State(hidden: states[0], cell: states[1])
    let (output, last) = Recurrence(LSTMCell(weights))(input, state: start)
    return (output, [last.hidden, last.cell])
  }
}
