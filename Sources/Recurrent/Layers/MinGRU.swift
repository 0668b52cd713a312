/// A layer of minimal gated recurrent units, whose gates read the input alone.
public typealias MinGRU = CellLayer<MinGRUCell>

extension CellLayer where LayerCell == MinGRUCell {
  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      MinGRUCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        initialization: initialization,
        using: &stream
      )
    )
  }
}
