/// The long short-term memory cell.
///
///     i, f, g, o = W[x, h'] + b          one block of `hiddenSize` rows each, in this order
///     c = σ(f) c' + σ(i) tanh(g)
///     h = σ(o) tanh(c)
///
/// There is one bias in memory; PyTorch keeps two, of which only the sum counts. Keras orders the
/// gates the same and calls g "c"; TensorFlow 1 has i, g, f, o and adds its forget bias at run
/// time; ONNX has i, o, f, g.
///
/// Sources: S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997; forget gate: F. Gers,
/// J. Schmidhuber, F. Cummins, "Learning to forget", 2000.
public struct LSTMCell: Cell {
  /// What an LSTM carries from one step to the next.
  public struct State: Sendable {
    /// The hidden state, `[batch, hidden]`.
    public var hidden: Tensor
    /// The cell state, `[batch, hidden]`.
    public var cell: Tensor

    /// Creates a state from its parts.
    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }
  }

  /// The parameters; four gates: input, forget, candidate, output.
  public var weights: RecurrentWeights

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The weights have four gates.
  public init(_ weights: RecurrentWeights) {
    require(weights.gates == 4, "an LSTM cell has four gates, the weights have \(weights.gates)")
    self.weights = weights
  }

  /// Creates a cell with random parameters.
  ///
  /// `forgetBias` is what the forget gate's bias starts from: at 1 the cell remembers until it has
  /// learned to forget (R. Jozefowicz, W. Zaremba, I. Sutskever, 2015).
  public init(
    inputSize: Int,
    hiddenSize: Int,
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    var weights = initialization.weights(
      gates: 4,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      forgetGate: 1,
      inputGate: 0,
      from: &stream
    )
    if !initialization.decidesForgetBias { weights.addForgetBias(forgetBias) }
    self.init(weights)
  }

  /// The number of features that one step reads.
  public var inputSize: Int { weights.inputSize }
  /// The number of hidden units.
  public var hiddenSize: Int { weights.hiddenSize }

  /// Returns hidden and cell states of zeros.
  public func zeroState(batch: Int) -> State {
    State(hidden: .zeros([batch, hiddenSize]), cell: .zeros([batch, hiddenSize]))
  }

  /// Returns the hidden state and the whole state after one step.
  public func callAsFunction(_ x: Tensor, state: State) -> (output: Tensor, state: State) {
    let gates = weights.preactivation(x, state.hidden).split(into: 4, along: 1)
    let i = sigmoid(gates[0])
    let f = sigmoid(gates[1])
    let g = tanh(gates[2])
    let o = sigmoid(gates[3])
    let c = f * state.cell + i * g
    let h = o * tanh(c)
    return (h, State(hidden: h, cell: c))
  }

  /// Visits the weights and the bias.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try weights.visitParameters(suffix: "", visit)
  }
}

extension RecurrentWeights {
  /// Adds a number to the bias of the forget gate, the second of an LSTM's four.
  mutating func addForgetBias(_ forgetBias: Float) {
    for unit in hiddenSize..<2 * hiddenSize { bias[unit] += forgetBias }
  }
}
