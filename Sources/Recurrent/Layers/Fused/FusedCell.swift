import RecurrentKernels

/// What the fused engine has to know of a cell: its layout and its two kernels.
///
/// Adding a cell to the engine means writing its gates in C, forward and backward, behind the
/// product the cells share, and naming them here.
struct FusedCell: Sendable, Equatable {
  /// The cells whose gates exist as kernels.
  enum Kind: Sendable, Equatable {
    case lstm
    case rnn(RNNCell.Activation)
  }

  let kind: Kind
  let inputSize: Int
  let layout: PanelLayout

  init(_ kind: Kind, inputSize: Int, hiddenSize: Int) {
    self.kind = kind
    self.inputSize = inputSize
    layout = PanelLayout(gates: kind == .lstm ? 4 : 1, hiddenSize: hiddenSize)
  }

  var hiddenSize: Int { layout.hiddenSize }
  /// Whether a second state, in panels, goes along with the hidden state.
  var hasCellState: Bool { kind == .lstm }
  /// The floats of the packed weights and of their gradient, [panels][1 + I + H][64].
  var packedCount: Int { layout.panels * (1 + inputSize + hiddenSize) * PanelLayout.width }

  /// What the kernels apply to a simple network's sums; an LSTM's do not ask.
  var activation: RecurrentFunction {
    kind == .rnn(.relu) ? RECURRENT_RELU : RECURRENT_TANH
  }

  /// The kernel that runs one step forward.
  func forwardKernel(
    in kernels: UnsafePointer<RecurrentKernels>
  ) -> @convention(c) (UnsafePointer<RecurrentForwardStep>) -> Void {
    switch kind {
    case .lstm: unsafe kernels.pointee.lstm_forward
    case .rnn: unsafe kernels.pointee.rnn_forward
    }
  }

  /// Runs one step forward.
  func forward(
    _ step: RecurrentForwardStep,
    with kernels: UnsafePointer<RecurrentKernels>
  ) {
    var step = unsafe step
    unsafe step.activation = activation
    unsafe forwardKernel(in: kernels)(&step)
  }

  /// Runs one step backward.
  func backward(
    _ step: RecurrentBackwardStep,
    with kernels: UnsafePointer<RecurrentKernels>
  ) {
    var step = unsafe step
    unsafe step.activation = activation
    switch kind {
    case .lstm: unsafe kernels.pointee.lstm_backward(&step)
    case .rnn: unsafe kernels.pointee.rnn_backward(&step)
    }
  }

  /// From a packed gradient to those of the two weights and the bias.
  func unpack(_ packed: Tensor) -> [Tensor] {
    let rows = layout.gates * hiddenSize
    var input = Tensor.zeros([rows, inputSize])
    var recurrent = Tensor.zeros([rows, hiddenSize])
    var bias = Tensor.zeros([rows])
    unsafe packed.withUnsafeElements { packed in
      guard let packed = packed.baseAddress else { return }
      unsafe input.withUnsafeMutableElements { input in
        unsafe recurrent.withUnsafeMutableElements { recurrent in
          unsafe bias.withUnsafeMutableElements { bias in
            unsafe unpack(packed, input: input, recurrent: recurrent, bias: bias)
          }
        }
      }
    }
    return [input, recurrent, bias]
  }

  /// Writes a packed gradient, `packedCount` floats, to those of the two weights and the bias.
  func unpack(
    _ packed: UnsafePointer<Float>,
    input: UnsafeMutableBufferPointer<Float>,
    recurrent: UnsafeMutableBufferPointer<Float>,
    bias: UnsafeMutableBufferPointer<Float>
  ) {
    guard let input = input.baseAddress, let recurrent = recurrent.baseAddress else { return }
    unsafe recurrent_unpack_gates(
      layout.gates,
      inputSize,
      hiddenSize,
      packed,
      input,
      recurrent,
      bias.baseAddress
    )
  }
}
