extension RecurrentWeights {
  /// Creates LSTM weights from those of TensorFlow 1's BasicLSTMCell.
  ///
  /// `tensorFlowKernel` is `[input + hidden, 4 * hidden]`, its columns and the bias in the order
  /// input gate, candidate, forget gate, output gate. TensorFlow adds `forgetBias` to the forget
  /// gate at run time; here it becomes part of the bias.
  ///
  /// - Precondition: The shapes agree.
  public init(tensorFlowKernel: Tensor, bias: Tensor, forgetBias: Float) {
    let columns = bias.count
    let hidden = columns / 4
    require(
      columns % 4 == 0 && tensorFlowKernel.shape.rank == 2
        && tensorFlowKernel.shape[1] == columns && tensorFlowKernel.shape[0] > hidden,
      "a BasicLSTMCell has a kernel [I + H, 4 H] and a bias [4 H], got \(tensorFlowKernel.shape), \(bias.shape)"
    )
    let rows = Self.exchangingMiddleGates(tensorFlowKernel.transposed(), along: 0)
    let inputSize = tensorFlowKernel.shape[0] - hidden
    self.init(
      input: rows.slice(0..<inputSize, along: 1),
      recurrent: rows.slice(inputSize..<inputSize + hidden, along: 1),
      bias: Self.exchangingMiddleGates(bias, along: 0)
    )
    addForgetBias(forgetBias)
  }

  /// These LSTM weights as TensorFlow 1's BasicLSTMCell has them.
  ///
  /// - Precondition: The weights have four gates.
  public func tensorFlowKernel(forgetBias: Float) -> (kernel: Tensor, bias: Tensor) {
    var weights = self
    weights.addForgetBias(-forgetBias)
    let rows = Tensor.concatenated([weights.input, weights.recurrent], along: 1)
    return (
      Self.exchangingMiddleGates(rows, along: 0).transposed(),
      Self.exchangingMiddleGates(weights.bias, along: 0)
    )
  }

  /// From i, g, f, o to i, f, g, o, and back.
  private static func exchangingMiddleGates(_ tensor: Tensor, along axis: Int) -> Tensor {
    let gates = tensor.split(into: 4, along: axis)
    return .concatenated([gates[0], gates[2], gates[1], gates[3]], along: axis)
  }
}
