/// The gated recurrent unit, in each of the three forms in use.
///
///     r, z = W x + U h' + b              one block of `hiddenSize` rows each
///     n    = tanh(W x + b + σ(r) (U h' + bₕ))      reset after, the bias bₕ inside (the default)
///     n    = tanh(W x + b + σ(r) (U h'))           reset after, one outer bias
///     n    = tanh(W x + b + U (σ(r) h'))           reset before
///     h    = (1 - σ(z)) n + σ(z) h'
///
/// The order in memory is r, z, n, and z is how much of the old state is kept, both as in PyTorch.
/// Keras and ONNX have the order z, r, n and the same sense of z, as have Cho et al.; with others,
/// such as J. Chung et al. 2014, z is how much of the new is let in. There is one bias in memory
/// and, with the inner bias, a second one for n alone: of PyTorch's, Keras's and ONNX's second
/// biases of r and z only the sum with the first counts.
///
/// Sources: K. Cho et al., "Learning phrase representations using RNN encoder-decoder for
/// statistical machine translation", 2014; the reset after the product: NVIDIA's cuDNN.
public struct GRUCell: BuiltInCell {
  /// Where the reset gate acts, and whether the candidate's recurrent sum has a bias of its own.
  public enum Convention: String, Codable, CaseIterable, Sendable {
    /// On the product and its own bias: PyTorch, cuDNN, Keras by default, ONNX with
    /// linear_before_reset.
    case resetAfter
    /// On the product alone, the bias outside: Core ML, Flux.
    case resetAfterOuterBias
    /// On the hidden state before the product: Cho et al. 2014, Keras with reset_after=False, ONNX
    /// by default.
    case resetBefore
  }

  /// Why a cell cannot be written in another convention.
  public enum ConversionError: Error, Equatable, CustomStringConvertible {
    /// The inner bias is not zero, and the convention wanted has none.
    case innerBiasIsNotZero
    /// The reset gate acts on the other side of the product, which is another function.
    case resetActsElsewhere(from: Convention, to: Convention)

    /// What is wrong, in a sentence.
    public var description: String {
      switch self {
      case .innerBiasIsNotZero:
        """
        a GRU whose candidate has an inner bias other than 0 cannot be written with one outer bias
        """
      case .resetActsElsewhere(let from, let to):
        """
        a GRU of convention \(from.rawValue) cannot be written as \(to.rawValue): the reset gate \
        acts on the other side of the recurrent product
        """
      }
    }
  }

  /// The parameters; three gates: reset, update, candidate.
  public var weights: RecurrentWeights
  /// Where the reset gate acts.
  public let convention: Convention
  /// The bias of the candidate's recurrent sum, `[hidden]`, where the convention has one.
  public internal(set) var innerBias: Tensor?

  /// Creates a cell from its parameters.
  ///
  /// Where the convention has an inner bias and none is given, it is zero.
  ///
  /// - Precondition: The weights have three gates; the inner bias is `[hidden]` and given only where
  ///   the convention has one.
  public init(
    _ weights: RecurrentWeights,
    convention: Convention = .resetAfter,
    innerBias: Tensor? = nil
  ) {
    require(weights.gates == 3, "a GRU cell has three gates, the weights have \(weights.gates)")
    let size = weights.hiddenSize
    require(
      innerBias.map { convention == .resetAfter && $0.shape == [size] } ?? true,
      """
      a GRU cell of convention \(convention.rawValue) needs \
      \(convention == .resetAfter ? "an inner bias of shape [\(size)]" : "no inner bias"), got one \
      of shape \(innerBias?.shape ?? [])
      """
    )
    self.weights = weights
    self.convention = convention
    self.innerBias = convention == .resetAfter ? innerBias ?? .zeros([size]) : nil
  }

  /// Creates a cell from PyTorch's parameters, which have two biases `[3 * hidden]`.
  ///
  /// - Precondition: The shapes agree.
  public init(input: Tensor, recurrent: Tensor, inputBias: Tensor, recurrentBias: Tensor) {
    require(
      inputBias.shape.rank == 1 && inputBias.count % 3 == 0
        && recurrentBias.shape == inputBias.shape,
      "a GRU has two biases [3 * H], got \(inputBias.shape) and \(recurrentBias.shape)"
    )
    let size = inputBias.count / 3
    let inner = recurrentBias.slice(2 * size..<3 * size, along: 0)
    let outer = Tensor.concatenated(
      [recurrentBias.slice(0..<2 * size, along: 0), .zeros([size])],
      along: 0
    )
    self.init(
      RecurrentWeights(input: input, recurrent: recurrent, bias: inputBias + outer, gates: 3),
      innerBias: inner
    )
  }

  /// Creates a cell with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    convention: Convention = .resetAfter,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    let weights = initialization.weights(
      gates: 3,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      forgetGate: 1,
      from: &stream
    )
    self.init(
      weights,
      convention: convention,
      innerBias: convention == .resetAfter
        ? initialization.innerBias(hiddenSize: hiddenSize, from: &stream) : nil
    )
  }

  /// The same function written in another convention.
  ///
  /// - Throws: `ConversionError` where there is no such cell.
  public func converted(to wanted: Convention) throws(ConversionError) -> GRUCell {
    switch (convention, wanted) {
    case (.resetAfter, .resetAfter), (.resetAfterOuterBias, .resetAfterOuterBias),
      (.resetBefore, .resetBefore):
      return self
    case (.resetAfterOuterBias, .resetAfter):
      return GRUCell(weights)
    case (.resetAfter, .resetAfterOuterBias):
      guard innerBias?.elements.allSatisfy({ $0 == 0 }) ?? true else { throw .innerBiasIsNotZero }
      return GRUCell(weights, convention: .resetAfterOuterBias)
    case (.resetBefore, _), (_, .resetBefore):
      throw .resetActsElsewhere(from: convention, to: wanted)
    }
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
    let (_, z, n) = step(x, state: h, hiddenMask: hiddenMask)
    let next = (1 - z) * n + z * h
    return (next, next)
  }

  /// What one step's gates come to, and the candidate.
  func step(
    _ x: Tensor,
    state h: Tensor,
    hiddenMask: Tensor?
  ) -> (reset: Tensor, update: Tensor, candidate: Tensor) {
    let masked = h.masked(by: hiddenMask)
    let input = weights.inputSums(x).split(into: 3, along: 1)
    let recurrent: [Tensor]
    let r: Tensor
    let n: Tensor
    switch convention {
    case .resetAfter, .resetAfterOuterBias:
      recurrent = weights.recurrentSums(masked).split(into: 3, along: 1)
      r = sigmoid(input[0] + recurrent[0])
      n = tanh(input[2] + r * (innerBias.map { recurrent[2] + $0 } ?? recurrent[2]))
    case .resetBefore:
      let size = hiddenSize
      let gates = weights.recurrent.slice(0..<2 * size, along: 0)
      let candidate = weights.recurrent.slice(2 * size..<3 * size, along: 0)
      recurrent = matmul(masked, gates, transposingSecond: true).split(into: 2, along: 1)
      r = sigmoid(input[0] + recurrent[0])
      n = tanh(input[2] + matmul(r * masked, candidate, transposingSecond: true))
    }
    return (r, sigmoid(input[1] + recurrent[1]), n)
  }

  /// Visits the weights and the bias, then the inner bias, "bias_hn", where there is one.
  public mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try weights.visitParameters(suffix: suffix, visit)
    try innerBias.visitIfPresent("bias_hn" + suffix, visit)
  }
}
