/// The parameters of a recurrent cell or layer: two weight matrices and a bias.
///
/// The rows of each are the cell's gates one after another, `hiddenSize` rows a gate, as PyTorch
/// has them.
public struct RecurrentWeights: Sendable {
  /// What the input is multiplied by, `[gates * hidden, input]`.
  public var input: Tensor
  /// What the hidden state before is multiplied by, `[gates * hidden, hidden]`.
  public var recurrent: Tensor
  /// The bias, `[gates * hidden]`.
  public var bias: Tensor

  /// Creates weights from their tensors.
  ///
  /// - Precondition: The shapes agree.
  public init(input: Tensor, recurrent: Tensor, bias: Tensor) {
    require(
      input.shape.rank == 2 && recurrent.shape.rank == 2 && bias.shape.rank == 1
        && input.shape[0] == recurrent.shape[0] && bias.shape[0] == recurrent.shape[0]
        && recurrent.shape[1] > 0 && recurrent.shape[0] % recurrent.shape[1] == 0,
      """
      recurrent weights need shapes [G * H, I], [G * H, H] and [G * H], got \(input.shape), \
      \(recurrent.shape) and \(bias.shape)
      """
    )
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
  }

  /// The number of features that one step reads.
  public var inputSize: Int { input.shape[1] }
  /// The number of hidden units.
  public var hiddenSize: Int { recurrent.shape[1] }
  /// The number of gates.
  public var gates: Int { recurrent.shape[0] / recurrent.shape[1] }

  /// Visits the three tensors under PyTorch's names, each followed by `suffix`.
  mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visit("weight_ih" + suffix, &input)
    try visit("weight_hh" + suffix, &recurrent)
    try visit("bias_ih" + suffix, &bias)
  }

  /// W[x, h] + b, with W = [`input`, `recurrent`]: `[batch, gates * hidden]`.
  func preactivation(_ x: Tensor, _ h: Tensor) -> Tensor {
    matmul(x, input, transposingSecond: true) + matmul(h, recurrent, transposingSecond: true) + bias
  }
}
