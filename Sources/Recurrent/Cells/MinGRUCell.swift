/// The minimal gated recurrent unit, whose gates see the input alone.
///
///     z, n = W x + b                     one block of `hiddenSize` rows each, in this order
///     h = (1 - σ(z)) h' + σ(z) n
///
/// Since h is linear in h', all steps of a sequence can be computed at once. Here z lets the new
/// in, as in the paper; in `GRUCell` it keeps the old. This is the paper's first form, whose
/// candidate has no activation.
///
/// Source: L. Feng et al., "Were RNNs all we needed?", 2024, section 3.1.
public struct MinGRUCell: BuiltInCell {
  /// What the input is multiplied by, `[2 * hidden, input]`.
  public var input: Tensor
  /// The bias, `[2 * hidden]`.
  public var bias: Tensor

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The shapes agree.
  public init(input: Tensor, bias: Tensor) {
    requireInputWeights(input, bias, gates: 2, of: "a minGRU cell")
    self.input = input
    self.bias = bias
  }

  /// Creates a cell with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    let weights = initialization.weights(
      gates: 2,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      recurrentSize: 0,
      from: &stream
    )
    self.init(input: weights.input, bias: weights.bias)
  }

  /// The number of features that one step reads.
  public var inputSize: Int { input.shape[1] }
  /// The number of hidden units.
  public var hiddenSize: Int { bias.count / 2 }

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
    let (z, n) = step(x)
    let next = (1 - z) * h + z * n
    return (next, next)
  }

  /// What one step's gate comes to, and the candidate.
  func step(_ x: Tensor) -> (update: Tensor, candidate: Tensor) {
    let sums = (matmul(x, input, transposingSecond: true) + bias).split(into: 2, along: 1)
    return (sigmoid(sums[0]), sums[1])
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

/// Traps unless the weight is `[gates * hidden, input]` and the bias `[gates * hidden]`.
func requireInputWeights(_ input: Tensor, _ bias: Tensor, gates: Int, of cell: String) {
  require(
    input.shape.rank == 2 && bias.shape == [input.shape[0]] && bias.count % gates == 0
      && bias.count > 0,
    """
    \(cell) needs a weight [\(gates) * H, I] and a bias [\(gates) * H], got \(input.shape) and \
    \(bias.shape)
    """
  )
}
