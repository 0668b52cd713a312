/// A long short-term memory layer with exponential gates.
public typealias SLSTM = CellLayer<SLSTMCell>

extension CellLayer where LayerCell == SLSTMCell {
  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    forgetGate: SLSTMCell.ForgetGate = .sigmoid,
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      SLSTMCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        forgetGate: forgetGate,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      )
    )
  }
}
