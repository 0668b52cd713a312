/// A layer whose units see no other unit's state.
public typealias IndRNN = CellLayer<IndRNNCell>

extension CellLayer where LayerCell == IndRNNCell {
  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    activation: RNNCell.Activation = .relu,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      IndRNNCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        activation: activation,
        initialization: initialization,
        using: &stream
      )
    )
  }
}
