/// The independently recurrent cell: each unit sees its own state before and no other's.
///
///     h = relu(W x + u h' + b)           u h' element by element; or tanh
///
/// Source: S. Li, W. Li, C. Cook, C. Zhu, Y. Gao, "Independently recurrent neural network (IndRNN):
/// building a longer and deeper RNN", 2018, equation 2.
public struct IndRNNCell: BuiltInCell {
  /// What the input is multiplied by, `[hidden, input]`.
  public var input: Tensor
  /// What each unit's state before is multiplied by, `[hidden]`.
  public var recurrent: Tensor
  /// The bias, `[hidden]`.
  public var bias: Tensor
  /// What the sum goes through.
  public let activation: RNNCell.Activation

  /// Creates a cell from its parameters.
  ///
  /// - Precondition: The shapes agree.
  public init(
    input: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    activation: RNNCell.Activation = .relu
  ) {
    require(
      input.shape.rank == 2 && bias.shape == [input.shape[0]] && recurrent.shape == bias.shape
        && bias.count > 0,
      """
      an IndRNN cell needs weights [H, I] and [H] and a bias [H], got \(input.shape), \
      \(recurrent.shape) and \(bias.shape)
      """
    )
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
    self.activation = activation
  }

  /// Creates a cell with random parameters.
  ///
  /// The recurrent weights are uniform from 0 to 1, as in the paper, so that no unit's memory grows
  /// and some last long; those of the other parameters follow `initialization`.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    activation: RNNCell.Activation = .relu,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    let weights = initialization.weights(
      gates: 1,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      recurrentSize: 0,
      from: &stream
    )
    self.init(
      input: weights.input,
      recurrent: Tensor((0..<hiddenSize).map { _ in stream.nextUniform(in: 0...1) }),
      bias: weights.bias,
      activation: activation
    )
  }

  /// The number of features that one step reads.
  public var inputSize: Int { input.shape[1] }
  /// The number of hidden units.
  public var hiddenSize: Int { bias.count }

  /// Returns a hidden state of zeros, `[batch, hidden]`.
  public func zeroState(batch: Int) -> Tensor { .zeros([batch, hiddenSize]) }

  /// Returns the hidden state after one step, twice: as the output and as the state.
  public func callAsFunction(
    _ x: Tensor,
    state h: Tensor,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: Tensor) {
    let sums = matmul(x, input, transposingSecond: true) + bias
    let next = activation(sums + recurrent * h.masked(by: hiddenMask))
    return (next, next)
  }

  /// Visits the weights and the bias.
  public mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visit("weight_ih" + suffix, &input)
    try visit("weight_hh" + suffix, &recurrent)
    try visit("bias_ih" + suffix, &bias)
  }
}
