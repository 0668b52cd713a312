/// A layer of minimal long short-term memory, whose gates read the input alone.
public typealias MinLSTM = CellLayer<MinLSTMCell>

extension CellLayer where LayerCell == MinLSTMCell {
  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      MinLSTMCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      )
    )
  }
}
