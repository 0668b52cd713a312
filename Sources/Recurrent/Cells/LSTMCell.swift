/// The long short-term memory cell, with peepholes, coupled gates, normalisation and projection.
///
///     i, f, g, o = W x + U h' + b        one block of `hiddenSize` rows each, in this order
///     c = σ(f) c' + σ(i) tanh(g)
///     h = σ(o) tanh(c)
///
/// What the options change, each for itself or together:
///
///     coupled         f, g, o in memory and σ(i) = 1 - σ(f)
///     peephole        i + p₁ c', f + p₂ c', o + p₃ c          element by element
///     normalisation   LN(W x) γ₁ + LN(U h') γ₂ + b            then the peepholes' terms
///                     h = σ(o) tanh(LN(c) γ₃ + β)
///     projection      h = P (σ(o) tanh(c))
///
/// LN takes away the mean over all the sums of one example, or all its cells, and divides by
/// √(variance + 10⁻⁵).
///
/// There is one bias in memory; PyTorch keeps two, of which only the sum counts. Keras orders the
/// gates the same and calls g "c"; TensorFlow 1 has i, g, f, o and adds its forget bias at run
/// time; ONNX has i, o, f, g, and its peepholes i, o, f. ONNX couples the other way round, σ(f) =
/// 1 - σ(i); the same cell there has the opposite sign on all that is summed for f. The projection
/// is PyTorch's `proj_size`. PyTorch and Keras have neither peepholes nor coupled gates.
///
/// Sources: S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997; forget gate: F. Gers,
/// J. Schmidhuber, F. Cummins, "Learning to forget", 2000; peepholes: F. Gers, N. Schraudolph,
/// J. Schmidhuber, "Learning precise timing with LSTM recurrent networks", 2002; coupled gates:
/// K. Greff et al., "LSTM: a search space odyssey", 2017; normalisation: J. L. Ba, J. R. Kiros,
/// G. E. Hinton, "Layer normalization", 2016, equations 20 to 22; projection: H. Sak, A. Senior,
/// F. Beaufays, "Long short-term memory recurrent neural network architectures for large scale
/// acoustic modeling", 2014.
public struct LSTMCell: BuiltInCell {
  /// What an LSTM carries from one step to the next.
  public struct State: RecurrentState {
    /// The hidden state, `[batch, hidden]`, or `[batch, projection]`.
    public var hidden: Tensor
    /// The cell state, `[batch, hidden]`.
    public var cell: Tensor

    /// Creates a state from its parts.
    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }

    /// The hidden state and the cell state.
    public var tensors: [Tensor] { [hidden, cell] }

    /// What the parts are called, in the order of the stored properties.
    public static var tensorNames: [String] { ["hidden state", "cell state"] }

    /// Creates a state from the hidden state and the cell state.
    ///
    /// - Precondition: There are two tensors.
    public init(tensors: [Tensor]) {
      require(tensors.count == 2, "an LSTM's state is two tensors, got \(tensors.count)")
      self.init(hidden: tensors[0], cell: tensors[1])
    }
  }

  /// Which of an LSTM's variations a cell has.
  public struct Options: Sendable, Equatable, Codable {
    /// Whether the gates see the cell state.
    public var isPeephole: Bool = false
    /// Whether the input gate is what the forget gate leaves: there are three gates.
    public var isCoupled: Bool = false
    /// Whether the sums and the cell state are normalised over the units.
    public var normalizesLayers: Bool = false
    /// The number of features to which the hidden state is projected, if it is.
    public var projectionSize: Int?

    /// Creates the options of the plain LSTM, or others.
    public init(
      isPeephole: Bool = false,
      isCoupled: Bool = false,
      normalizesLayers: Bool = false,
      projectionSize: Int? = nil
    ) {
      self.isPeephole = isPeephole
      self.isCoupled = isCoupled
      self.normalizesLayers = normalizesLayers
      self.projectionSize = projectionSize
    }
  }

  /// The parameters of a normalised LSTM.
  public struct Normalization: Sendable {
    /// What is added to a variance before its root is taken.
    public static let epsilon: Float = 1e-5

    /// The gain of the sums over the input, `[gates * hidden]`.
    public var input: Tensor
    /// The gain of the sums over the hidden state, `[gates * hidden]`.
    public var recurrent: Tensor
    /// The gain of the cell state, `[hidden]`.
    public var cell: Tensor
    /// The bias of the cell state, `[hidden]`.
    public var cellBias: Tensor

    /// Creates a normalisation from its parameters.
    public init(input: Tensor, recurrent: Tensor, cell: Tensor, cellBias: Tensor) {
      self.input = input
      self.recurrent = recurrent
      self.cell = cell
      self.cellBias = cellBias
    }

    /// Creates a normalisation with gains of 1 and a bias of 0.
    public init(gates: Int, hiddenSize: Int) {
      input = Tensor(repeating: 1, shape: [gates * hiddenSize])
      recurrent = input
      cell = Tensor(repeating: 1, shape: [hiddenSize])
      cellBias = .zeros([hiddenSize])
    }
  }

  /// The parameters; four gates: input, forget, candidate, output, without the first if coupled.
  public var weights: RecurrentWeights
  /// Whether the input gate is what the forget gate leaves.
  public let isCoupled: Bool
  /// The peepholes of the input, forget and output gate, `[3, hidden]`; if coupled, of the last
  /// two, `[2, hidden]`.
  public var peephole: Tensor?
  /// What the hidden units are multiplied by to give the hidden state, `[projection, hidden]`.
  public var projection: Tensor?
  /// The gains and the bias of the normalisation.
  public var normalization: Normalization?

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The weights have four gates, three if coupled, and the shapes agree.
  public init(
    _ weights: RecurrentWeights,
    isCoupled: Bool = false,
    peephole: Tensor? = nil,
    projection: Tensor? = nil,
    normalization: Normalization? = nil
  ) {
    let (rows, hiddenSize) = (weights.bias.count, weights.hiddenSize)
    require(
      weights.gates == (isCoupled ? 3 : 4),
      isCoupled
        ? "a coupled LSTM cell has three gates, the weights have \(weights.gates)"
        : "an LSTM cell has four gates, the weights have \(weights.gates)"
    )
    let recurrentShape: Shape = [weights.recurrentSize, hiddenSize]
    require(
      projection.map { $0.shape == recurrentShape } ?? (weights.recurrentSize == hiddenSize),
      """
      an LSTM cell of \(hiddenSize) hidden units with recurrent weights \
      \(weights.recurrent.shape) needs a projection of shape \(recurrentShape), got \
      \(projection.map { "\($0.shape)" } ?? "none")
      """
    )
    let peepholeShape: Shape = [weights.gates - 1, hiddenSize]
    require(
      peephole.map { $0.shape == peepholeShape } ?? true,
      "an LSTM cell needs peepholes of shape \(peepholeShape), got \(peephole?.shape ?? [])"
    )
    if let normalization {
      let shapes = [
        normalization.input, normalization.recurrent, normalization.cell, normalization.cellBias,
      ].map(\.shape)
      require(
        shapes == [[rows], [rows], [hiddenSize], [hiddenSize]],
        """
        an LSTM cell's normalisation needs shapes [\(rows)], [\(rows)], [\(hiddenSize)] and \
        [\(hiddenSize)], got \(shapes)
        """
      )
    }
    self.weights = weights
    self.isCoupled = isCoupled
    self.peephole = peephole
    self.projection = projection
    self.normalization = normalization
  }

  /// Creates a cell with random parameters.
  ///
  /// `forgetBias` is what the forget gate's bias starts from: at 1 the cell remembers until it has
  /// learned to forget (R. Jozefowicz, W. Zaremba, I. Sutskever, 2015). Peepholes start from 0, so
  /// that the cell begins as one without, gains from 1. A normalised cell's candidate has biases
  /// other than 0 to begin with: where all sums and cells are 0, as after blank input, normalisation
  /// multiplies gradients by 1/√ε at every step.
  ///
  /// - Precondition: The sizes are at least 1, and a projection is smaller than the hidden size.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    options: Options = Options(),
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    if let size = options.projectionSize {
      require(
        size > 0 && size < hiddenSize,
        "an LSTM's projection has 1 to \(hiddenSize - 1) features, got \(size)"
      )
    }
    let gates = options.isCoupled ? 3 : 4
    let weights = initialization.weights(
      gates: gates,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      recurrentSize: options.projectionSize,
      forgetGate: options.isCoupled ? 0 : 1,
      inputGate: options.isCoupled ? nil : 0,
      from: &stream
    )
    self.init(
      weights,
      isCoupled: options.isCoupled,
      peephole: options.isPeephole ? .zeros([gates - 1, hiddenSize]) : nil,
      projection: options.projectionSize.map {
        initialization.projection(from: hiddenSize, to: $0, from: &stream)
      },
      normalization: options.normalizesLayers
        ? Normalization(gates: gates, hiddenSize: hiddenSize) : nil
    )
    if !initialization.decidesForgetBias { self.weights.addForgetBias(forgetBias) }
    guard options.normalizesLayers, initialization != .torch else { return }
    let biases = Initializer.torchUniform(inputs: hiddenSize).tensor([hiddenSize], from: &stream)
    let candidate = (gates - 2) * hiddenSize
    for unit in 0..<hiddenSize { self.weights.bias[candidate + unit] += biases[unit] }
  }

  /// Which of an LSTM's variations this cell has.
  public var options: Options {
    Options(
      isPeephole: peephole != nil,
      isCoupled: isCoupled,
      normalizesLayers: normalization != nil,
      projectionSize: projection?.shape[0]
    )
  }

  /// The number of features that one step reads.
  public var inputSize: Int { weights.inputSize }
  /// The number of hidden units.
  public var hiddenSize: Int { weights.hiddenSize }
  /// The number of features of the hidden state: the hidden units, or their projection's size.
  public var outputSize: Int { weights.recurrentSize }

  /// Returns hidden and cell states of zeros.
  public func zeroState(batch: Int) -> State {
    State(hidden: .zeros([batch, outputSize]), cell: .zeros([batch, hiddenSize]))
  }

  /// Returns the hidden state and the whole state after one step.
  public func callAsFunction(
    _ x: Tensor,
    state: State,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: State) {
    let step = step(x, state: state, hiddenMask: hiddenMask)
    var h = step.output * tanh(normalizedCell(step.cell))
    if let projection { h = matmul(h, projection, transposingSecond: true) }
    return (h, State(hidden: h, cell: step.cell))
  }

  /// What one step's gates let through, the candidate, and the cell state after it.
  struct Step {
    let input: Tensor
    let forget: Tensor
    let candidate: Tensor
    let output: Tensor
    let cell: Tensor
  }

  /// Computes one step as far as the hidden state.
  func step(_ x: Tensor, state: State, hiddenMask: Tensor?) -> Step {
    var gates = sums(x, state.hidden.masked(by: hiddenMask))
      .split(into: weights.gates, along: 1)
    let peepholes = peephole.map { $0.split(into: $0.shape[0], along: 0) }
    if let peepholes {
      for (gate, weight) in peepholes.dropLast().enumerated() {
        gates[gate] = gates[gate] + weight * state.cell
      }
    }
    let f = sigmoid(gates[isCoupled ? 0 : 1])
    let i = isCoupled ? 1 - f : sigmoid(gates[0])
    let g = tanh(gates[weights.gates - 2])
    let c = f * state.cell + i * g
    var o = gates[weights.gates - 1]
    if let weight = peepholes?.last { o = o + weight * c }
    return Step(input: i, forget: f, candidate: g, output: sigmoid(o), cell: c)
  }

  private func sums(_ x: Tensor, _ h: Tensor) -> Tensor {
    guard let normalization else { return weights.preactivation(x, h) }
    let epsilon = Normalization.epsilon
    return matmul(x, weights.input, transposingSecond: true).normalized(epsilon: epsilon)
      * normalization.input
      + weights.recurrentSums(h).normalized(epsilon: epsilon) * normalization.recurrent
      + weights.bias
  }

  private func normalizedCell(_ c: Tensor) -> Tensor {
    guard let normalization else { return c }
    return c.normalized(epsilon: Normalization.epsilon) * normalization.cell
      + normalization.cellBias
  }

  /// Visits the weights and the bias, then what the options add.
  ///
  /// These are "weight_peephole", "weight_hr" (the projection), "norm_ih", "norm_hh", "norm_cell"
  /// and "norm_cell_bias".
  public mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try weights.visitParameters(suffix: suffix, visit)
    try peephole.visitIfPresent("weight_peephole" + suffix, visit)
    try projection.visitIfPresent("weight_hr" + suffix, visit)
    guard var parameters = normalization.take() else { return }
    defer { normalization = parameters }
    try visit("norm_ih" + suffix, &parameters.input)
    try visit("norm_hh" + suffix, &parameters.recurrent)
    try visit("norm_cell" + suffix, &parameters.cell)
    try visit("norm_cell_bias" + suffix, &parameters.cellBias)
  }
}

extension RecurrentWeights {
  /// Adds a number to the bias of an LSTM's forget gate: the second of four, the first of three.
  mutating func addForgetBias(_ forgetBias: Float) {
    let first = gates == 3 ? 0 : hiddenSize
    for unit in first..<first + hiddenSize { bias[unit] += forgetBias }
  }
}
