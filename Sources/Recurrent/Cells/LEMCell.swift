/// The long expressive memory cell: two states, each moving at a pace that the input sets.
///
///     a, b, c, d = V x + W [y', y', y', z] + bias      one block of `hiddenSize` rows each
///     z = (1 - Δt σ(a)) z' + Δt σ(a) tanh(c)
///     y = (1 - Δt σ(b)) y' + Δt σ(b) tanh(d)
///
/// The blocks of the recurrent matrix are, in this order, the paper's W₁, W₂, W_z, which multiply
/// the hidden state y' before the step, and W_y, which multiplies the memory z after it. The output
/// is y. A mask acts on y' under the first three.
///
/// The code that the paper's authors released has the blocks of the input's matrix in the order
/// b, a, d, c and those that multiply y' in the order b, a, c.
///
/// Source: T. K. Rusch, S. Mishra, N. B. Erichson, M. W. Mahoney, "Long expressive memory for
/// sequence modeling", 2022, equation 3.
public struct LEMCell: BuiltInCell {
  /// What a long expressive memory carries from one step to the next.
  public struct State: RecurrentState {
    /// The hidden state y, `[batch, hidden]`.
    public var hidden: Tensor
    /// The memory z, `[batch, hidden]`.
    public var memory: Tensor

    /// Creates a state from its parts.
    public init(hidden: Tensor, memory: Tensor) {
      self.hidden = hidden
      self.memory = memory
    }

    /// The hidden state and the memory.
    public var tensors: [Tensor] { [hidden, memory] }

    /// What the parts are called, in the order of the stored properties.
    public static var tensorNames: [String] { ["hidden state", "memory"] }

    /// Creates a state from the hidden state and the memory.
    ///
    /// - Precondition: There are two tensors.
    public init(tensors: [Tensor]) {
      require(tensors.count == 2, "an LEM's state is two tensors, got \(tensors.count)")
      self.init(hidden: tensors[0], memory: tensors[1])
    }
  }

  /// The parameters; four blocks: the paces of z and of y, the candidates for z and for y.
  public var weights: RecurrentWeights
  /// The longest step Δt that a state takes towards its candidate.
  public let timeStep: Float

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The weights have four gates.
  public init(_ weights: RecurrentWeights, timeStep: Float = 1) {
    require(weights.gates == 4, "an LEM cell has four gates, the weights have \(weights.gates)")
    self.weights = weights
    self.timeStep = timeStep
  }

  /// Creates a cell with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    timeStep: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      initialization.weights(
        gates: 4,
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        from: &stream
      ),
      timeStep: timeStep
    )
  }

  /// The number of features that one step reads.
  public var inputSize: Int { weights.inputSize }
  /// The number of hidden units, which are also those of the memory.
  public var hiddenSize: Int { weights.hiddenSize }

  /// Returns a hidden state and a memory of zeros.
  public func zeroState(batch: Int) -> State {
    State(hidden: .zeros([batch, hiddenSize]), memory: .zeros([batch, hiddenSize]))
  }

  /// Returns the hidden state and the whole state after one step.
  public func callAsFunction(
    _ x: Tensor,
    state: State,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: State) {
    let step = step(x, state: state, hiddenMask: hiddenMask)
    let y = (1 - step.hiddenPace) * state.hidden + step.hiddenPace * step.hiddenCandidate
    return (y, State(hidden: y, memory: step.memory))
  }

  /// How far one step lets each state move, what they move to, and the memory after it.
  struct Step {
    let memoryPace: Tensor
    let hiddenPace: Tensor
    let memoryCandidate: Tensor
    let hiddenCandidate: Tensor
    let memory: Tensor
  }

  /// Computes one step as far as the hidden state.
  func step(_ x: Tensor, state: State, hiddenMask: Tensor?) -> Step {
    let size = hiddenSize
    let ofHidden = weights.recurrent.slice(0..<3 * size, along: 0)
    let ofMemory = weights.recurrent.slice(3 * size..<4 * size, along: 0)
    let input = weights.inputSums(x).split(into: 4, along: 1)
    let recurrent = matmul(state.hidden.masked(by: hiddenMask), ofHidden, transposingSecond: true)
      .split(into: 3, along: 1)
    let memoryPace = sigmoid(input[0] + recurrent[0]) * Tensor(timeStep)
    let hiddenPace = sigmoid(input[1] + recurrent[1]) * Tensor(timeStep)
    let memoryCandidate = tanh(input[2] + recurrent[2])
    let z = (1 - memoryPace) * state.memory + memoryPace * memoryCandidate
    return Step(
      memoryPace: memoryPace,
      hiddenPace: hiddenPace,
      memoryCandidate: memoryCandidate,
      hiddenCandidate: tanh(input[3] + matmul(z, ofMemory, transposingSecond: true)),
      memory: z
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
