/// How a gate comes about at every step: a function of what the input, the state before and the bias add up to.
///
/// For an LSTM's forget gate that is `f = σ(W·x + U·h′ + b)`.
public struct GateSum: Sendable, Hashable {
  /// What is done to the sum.
  public enum Function: String, Sendable, Hashable {
    /// The logistic function.
    case sigmoid = "σ"
    /// The hyperbolic tangent.
    case tanh
  }

  /// The gate.
  public let gate: String
  /// Its symbol.
  public let symbol: String
  /// What is done to the sum.
  public let function: Function
  /// What comes from the input, `[time, units]`.
  public let fromInput: [Float]
  /// What comes from the state before, `[time, units]`.
  public let fromState: [Float]
  /// What is added always, `[units]`.
  public let bias: [Float]

  /// Takes the parts of a gate's sum.
  public init(
    _ gate: String,
    _ symbol: String,
    _ function: Function,
    fromInput: [Float],
    fromState: [Float],
    bias: [Float]
  ) {
    (self.gate, self.symbol, self.function) = (gate, symbol, function)
    (self.fromInput, self.fromState, self.bias) = (fromInput, fromState, bias)
  }
}
