/// A layer of gated recurrent units, in any of the three conventions of `GRUCell`.
public typealias GRU = CellLayer<GRUCell>

extension CellLayer where LayerCell == GRUCell {
  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    convention: GRUCell.Convention = .resetAfter,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      GRUCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        convention: convention,
        initialization: initialization,
        using: &stream
      )
    )
  }
}
