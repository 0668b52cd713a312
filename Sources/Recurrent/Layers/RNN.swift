/// A simple recurrent layer.
public typealias RNN = CellLayer<RNNCell>

extension CellLayer where LayerCell == RNNCell {
  /// Creates a layer from its parameters.
  ///
  /// - Precondition: The weights have one gate.
  public init(_ weights: RecurrentWeights, activation: RNNCell.Activation = .tanh) {
    self.init(RNNCell(weights, activation: activation))
  }

  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    activation: RNNCell.Activation = .tanh,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      RNNCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        activation: activation,
        initialization: initialization,
        using: &stream
      )
    )
  }

  /// The parameters; one gate.
  public var weights: RecurrentWeights {
    get { cell.weights }
    set { cell.weights = newValue }
  }
  /// What the sum goes through.
  public var activation: RNNCell.Activation { cell.activation }
}
