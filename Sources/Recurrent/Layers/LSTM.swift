/// A long short-term memory layer, with the options of `LSTMCell`.
public typealias LSTM = CellLayer<LSTMCell>

extension CellLayer where LayerCell == LSTMCell {
  /// Creates a layer from the parameters of a plain LSTM.
  ///
  /// - Precondition: The weights have four gates.
  public init(_ weights: RecurrentWeights) { self.init(LSTMCell(weights)) }

  /// Creates a layer with random parameters.
  ///
  /// `forgetBias` is what the forget gate's bias starts from.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    hiddenSize: Int,
    options: LSTMCell.Options = LSTMCell.Options(),
    forgetBias: Float = 1,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    self.init(
      LSTMCell(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        options: options,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      )
    )
  }

  /// The parameters; four gates: input, forget, candidate, output, without the first if coupled.
  public var weights: RecurrentWeights {
    get { cell.weights }
    set { cell.weights = newValue }
  }
}
