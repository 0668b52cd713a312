/// A layer of long expressive memory.
public typealias LEM = CellLayer<LEMCell>

extension CellLayer where LayerCell == LEMCell {
  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    timeStep: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      LEMCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        timeStep: timeStep,
        initialization: initialization,
        using: &stream
      )
    )
  }
}
