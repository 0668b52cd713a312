/// What the weights of another program do not say of the model they belong to.
///
/// An option counts only where the file has no word of its own.
public struct ImportOptions: Sendable {
  /// What the sums of simple recurrent layers go through.
  public var activation: RNNCell.Activation
  /// Which outputs of the last recurrent layer the head reads.
  public var summary: SequenceModel.Summary
  /// What TensorFlow 1 adds to the forget gate at run time.
  public var forgetBias: Float
  /// Where the reset gate acts in Keras GRU layers that have no biases to show it.
  public var convention: GRUCell.Convention
  /// How the two directions of Keras layers are merged, where there is no configuration.
  public var merge: Merge
  /// Whether Keras layers of one direction go backward, where there is no configuration.
  public var isReversed: Bool
  /// The names of the layers from the input to the head, where their sizes leave it open, such as
  /// "lstm1" and "lstm2"; empty to go by the sizes.
  public var layerOrder: [String]

  /// Creates the options that most files want, or others.
  public init(
    activation: RNNCell.Activation = .tanh,
    summary: SequenceModel.Summary = .lastOutput,
    forgetBias: Float = 1,
    convention: GRUCell.Convention = .resetAfter,
    merge: Merge = .concatenate,
    isReversed: Bool = false,
    layerOrder: [String] = []
  ) {
    self.activation = activation
    self.summary = summary
    self.forgetBias = forgetBias
    self.convention = convention
    self.merge = merge
    self.isReversed = isReversed
    self.layerOrder = layerOrder
  }
}
