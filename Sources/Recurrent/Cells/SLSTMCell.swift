/// The long short-term memory with an exponential input gate and a normaliser, xLSTM's sLSTM.
///
///     i, f, g, o = W x + U h' + b        one block of `hiddenSize` rows each, in this order
///     m = max(φ + m', i)                 φ = log σ(f), or f itself; at the start m = i
///     c = e^(φ + m' - m) c' + e^(i - m) tanh(g)
///     n = e^(φ + m' - m) n' + e^(i - m)
///     h = σ(o) c / n
///
/// The stabiliser m keeps both exponentials from growing above 1: c and n stand for themselves times
/// eᵐ, and h, their quotient, does not depend on m. Therefore no gradient flows through m, and
/// none that arrives at c and n counts their dependence on it. A unit whose
/// normaliser n' is 0 stands at its start: what came before counts for nothing, so that a state of
/// zeros is exactly no state.
///
/// The paper calls g "z" and has several heads, whose recurrent matrix is block diagonal; this is
/// one head. Its released code has the order i, f, z, o and the logistic forget gate, as here.
///
/// Source: M. Beck et al., "xLSTM: extended long short-term memory", 2024, section 2.2.
public struct SLSTMCell: BuiltInCell {
  /// What an sLSTM carries from one step to the next.
  public struct State: RecurrentState {
    /// The hidden state, `[batch, hidden]`.
    public var hidden: Tensor
    /// The cell state over eᵐ, `[batch, hidden]`.
    public var cell: Tensor
    /// The normaliser over eᵐ, `[batch, hidden]`.
    public var normalizer: Tensor
    /// The stabiliser m, `[batch, hidden]`.
    public var stabilizer: Tensor

    /// Creates a state from its parts.
    public init(hidden: Tensor, cell: Tensor, normalizer: Tensor, stabilizer: Tensor) {
      self.hidden = hidden
      self.cell = cell
      self.normalizer = normalizer
      self.stabilizer = stabilizer
    }

    /// The hidden state, the cell state, the normaliser and the stabiliser.
    public var tensors: [Tensor] { [hidden, cell, normalizer, stabilizer] }

    /// What the parts are called, in the order of the stored properties.
    public static var tensorNames: [String] {
      ["hidden state", "cell state", "normaliser", "stabiliser"]
    }

    /// Creates a state from its four tensors, in the order of the stored properties.
    ///
    /// - Precondition: There are four tensors.
    public init(tensors: [Tensor]) {
      require(tensors.count == 4, "an sLSTM's state is four tensors, got \(tensors.count)")
      self.init(
        hidden: tensors[0],
        cell: tensors[1],
        normalizer: tensors[2],
        stabilizer: tensors[3]
      )
    }
  }

  /// What the sum of an sLSTM's forget gate goes through.
  public enum ForgetGate: String, Sendable, Codable, CaseIterable {
    /// The logistic function, as in the code that the paper's authors released.
    case sigmoid
    /// The exponential function.
    case exponential
  }

  /// The parameters; four gates: input, forget, candidate, output.
  public var weights: RecurrentWeights
  /// What the forget gate's sum goes through.
  public let forgetGate: ForgetGate

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The weights have four gates.
  public init(_ weights: RecurrentWeights, forgetGate: ForgetGate = .sigmoid) {
    require(weights.gates == 4, "an sLSTM cell has four gates, the weights have \(weights.gates)")
    self.weights = weights
    self.forgetGate = forgetGate
  }

  /// Creates a cell with random parameters.
  ///
  /// `forgetBias` is what the forget gate's bias starts from.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    forgetGate: ForgetGate = .sigmoid,
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
    self.init(weights, forgetGate: forgetGate)
  }

  /// The number of features that one step reads.
  public var inputSize: Int { weights.inputSize }
  /// The number of hidden units.
  public var hiddenSize: Int { weights.hiddenSize }

  /// Returns a state of zeros, in which every unit stands at its start.
  public func zeroState(batch: Int) -> State {
    let zeros = Tensor.zeros([batch, hiddenSize])
    return State(hidden: zeros, cell: zeros, normalizer: zeros, stabilizer: zeros)
  }

  /// Returns the hidden state and the whole state after one step.
  public func callAsFunction(
    _ x: Tensor,
    state: State,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: State) {
    let step = step(x, state: state, hiddenMask: hiddenMask)
    let c = step.forget * state.cell + step.input * step.candidate
    let n = step.forget * state.normalizer + step.input
    let h = step.output * c / n
    return (h, State(hidden: h, cell: c, normalizer: n, stabilizer: step.stabilizer))
  }

  /// What one step's gates come to, the first two over the stabiliser, which is that after the step.
  struct Step {
    let input: Tensor
    let forget: Tensor
    let candidate: Tensor
    let output: Tensor
    let stabilizer: Tensor
  }

  /// Computes one step as far as the states.
  func step(_ x: Tensor, state: State, hiddenMask: Tensor?) -> Step {
    let gates = weights.preactivation(x, state.hidden.masked(by: hiddenMask))
      .split(into: 4, along: 1)
    let decay = (forgetGate == .sigmoid ? logSigmoid(gates[1]) : gates[1]) + state.stabilizer
    // 1 for a unit that has begun, 0 for one at its start.
    let hasBegun = state.normalizer.elements.map { $0 == 0 ? Float(0) : 1 }
    let m = Tensor(
      zip(zip(decay.elements, gates[0].elements), hasBegun).map { pair, hasBegun in
        hasBegun == 0 ? pair.1 : max(pair.0, pair.1)
      },
      shape: decay.shape
    )
    let begun = Tensor(hasBegun, shape: decay.shape)
    return Step(
      input: exp(gates[0] - m),
      forget: exp((decay - m) * begun) * begun,
      candidate: tanh(gates[2]),
      output: sigmoid(gates[3]),
      stabilizer: m
    )
  }

  /// Visits the weights and the bias.
  public mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try weights.visitParameters(suffix: suffix, visit)
  }
}
