/// The simple recurrent cell.
///
///     h = tanh(W x + U h' + b)           or the larger of the sum and 0
///
/// `W` is `weights.input`, `U` is `weights.recurrent`; there is one bias in memory, PyTorch and ONNX
/// keep two, of which only the sum counts.
///
/// Source: J. L. Elman, "Finding structure in time", 1990.
public struct RNNCell: BuiltInCell {
  /// What the sum of a simple recurrent cell goes through.
  public enum Activation: String, Sendable, Codable {
    /// The hyperbolic tangent.
    case tanh
    /// The larger of the number and 0.
    case relu

    /// Returns the activation of every element.
    func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .tanh: Recurrent.tanh(x)
      case .relu: Recurrent.relu(x)
      }
    }
  }

  /// The parameters; one gate.
  public var weights: RecurrentWeights
  /// What the sum goes through.
  public let activation: Activation

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The weights have one gate.
  public init(_ weights: RecurrentWeights, activation: Activation = .tanh) {
    require(weights.gates == 1, "an RNN cell has one gate, the weights have \(weights.gates)")
    self.weights = weights
    self.activation = activation
  }

  /// Creates a cell with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    activation: Activation = .tanh,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      initialization.weights(
        gates: 1,
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        from: &stream
      ),
      activation: activation
    )
  }

  /// The number of features that one step reads.
  public var inputSize: Int { weights.inputSize }
  /// The number of hidden units.
  public var hiddenSize: Int { weights.hiddenSize }

  /// Returns a hidden state of zeros, `[batch, hidden]`.
  public func zeroState(batch: Int) -> Tensor { .zeros([batch, hiddenSize]) }

  /// Returns the hidden state after one step, twice: as the output and as the state.
  public func callAsFunction(
    _ x: Tensor,
    state h: Tensor,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: Tensor) {
    let h = activation(weights.preactivation(x, h.masked(by: hiddenMask)))
    return (h, h)
  }

  /// Visits the weights and the bias.
  public mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try weights.visitParameters(suffix: suffix, visit)
  }
}
