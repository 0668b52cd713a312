/// The minimal long short-term memory cell, whose gates see the input alone.
///
///     f, i, n = W x + b                  one block of `hiddenSize` rows each, in this order
///     h = φ h' + (1 - φ) n               φ = σ(f) / (σ(f) + σ(i))
///
/// Since h is linear in h', all steps of a sequence can be computed at once. φ is computed as
/// σ(log σ(f) - log σ(i)), which is the same and does not divide 0 by 0 where both gates are shut.
/// This is the paper's first form, whose candidate has no activation.
///
/// Source: L. Feng et al., "Were RNNs all we needed?", 2024, section 3.2.
public struct MinLSTMCell: BuiltInCell {
  /// What the input is multiplied by, `[3 * hidden, input]`.
  public var input: Tensor
  /// The bias, `[3 * hidden]`.
  public var bias: Tensor

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The shapes agree.
  public init(input: Tensor, bias: Tensor) {
    requireInputWeights(input, bias, gates: 3, of: "a minLSTM cell")
    self.input = input
    self.bias = bias
  }

  /// Creates a cell with random parameters.
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
    let weights = initialization.weights(
      gates: 3,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      recurrentSize: 0,
      from: &stream
    )
    self.init(input: weights.input, bias: weights.bias)
    for unit in 0..<hiddenSize { bias[unit] += forgetBias }
  }

  /// The number of features that one step reads.
  public var inputSize: Int { input.shape[1] }
  /// The number of hidden units.
  public var hiddenSize: Int { bias.count / 3 }

  /// Returns a hidden state of zeros, `[batch, hidden]`.
  public func zeroState(batch: Int) -> Tensor { .zeros([batch, hiddenSize]) }

  /// Returns the hidden state after one step, twice: as the output and as the state.
  ///
  /// There is no recurrent weight for `hiddenMask` to act on.
  public func callAsFunction(
    _ x: Tensor,
    state h: Tensor,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: Tensor) {
    let (f, i, n) = step(x)
    let next = f * h + i * n
    return (next, next)
  }

  /// How much of the old one step keeps, how much of the new it lets in, and the candidate.
  func step(_ x: Tensor) -> (forget: Tensor, input: Tensor, candidate: Tensor) {
    let sums = (matmul(x, input, transposingSecond: true) + bias).split(into: 3, along: 1)
    let logRatio = logSigmoid(sums[0]) - logSigmoid(sums[1])
    return (sigmoid(logRatio), sigmoid(-logRatio), sums[2])
  }

  /// Visits the weight and the bias.
  public mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visit("weight_ih" + suffix, &input)
    try visit("bias_ih" + suffix, &bias)
  }
}
