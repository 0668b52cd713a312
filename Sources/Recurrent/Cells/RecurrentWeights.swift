/// The parameters of a recurrent cell or layer: two weight matrices and a bias.
///
/// The rows of each are the cell's gates one after another, `hiddenSize` rows a gate, as PyTorch
/// has them.
public struct RecurrentWeights: Sendable {
  /// What the input is multiplied by, `[gates * hidden, input]`.
  public var input: Tensor
  /// What the hidden state before is multiplied by, `[gates * hidden, hidden]`.
  ///
  /// Of an LSTM with a projection `[gates * hidden, projection]`.
  public var recurrent: Tensor
  /// The bias, `[gates * hidden]`.
  public var bias: Tensor
  /// The number of gates.
  public let gates: Int

  /// Creates weights from their tensors.
  ///
  /// Where the number of gates is not given, it follows from the recurrent matrix, whose columns
  /// then are the hidden units.
  ///
  /// - Precondition: The shapes agree.
  public init(input: Tensor, recurrent: Tensor, bias: Tensor, gates: Int? = nil) {
    let columns = recurrent.shape.rank == 2 ? recurrent.shape[1] : 0
    let rows = bias.count
    let count = gates ?? (columns > 0 && rows % columns == 0 ? rows / columns : 0)
    require(
      input.shape.rank == 2 && recurrent.shape.rank == 2 && bias.shape.rank == 1
        && input.shape[0] == rows && recurrent.shape[0] == rows && rows > 0 && count > 0
        && rows % count == 0,
      """
      recurrent weights need shapes [G * H, I], [G * H, H] and [G * H], got \(input.shape), \
      \(recurrent.shape) and \(bias.shape)\(gates.map { " with \($0) gates" } ?? "")
      """
    )
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
    self.gates = count
  }

  /// The number of features that one step reads.
  public var inputSize: Int { input.shape[1] }
  /// The number of hidden units, which are the rows of one gate.
  public var hiddenSize: Int { recurrent.shape[0] / gates }
  /// The number of features of the hidden state: the hidden units, or their projection's size.
  public var recurrentSize: Int { recurrent.shape[1] }

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

  /// W x + b, the input's part of the sums alone.
  func inputSums(_ x: Tensor) -> Tensor { matmul(x, input, transposingSecond: true) + bias }

  /// U h, the hidden state's part of the sums alone.
  func recurrentSums(_ h: Tensor) -> Tensor { matmul(h, recurrent, transposingSecond: true) }
}
