public import Recurrent

/// What weights by another program's names do not say of the model they belong to.
public struct UnsaidOfWeights: Codable, Sendable, Equatable {
  /// Which outputs of the last recurrent layer the head reads.
  public var summary: SequenceModel.Summary
  /// In which way the input is read.
  public var reading: SequenceModel.Reading
  /// The steps and features of the input, where it is not read row by row.
  public var grid: [Int]?
  /// What the sums of simple recurrent layers go through.
  public var activation: RNNCell.Activation
  /// How two directions are merged.
  public var merge: Merge
  /// Whether layers of one direction read backward.
  public var isReversed: Bool
  /// What TensorFlow 1 adds to the forget gate at run time.
  public var forgetBias: Float

  /// What is not said of a model.
  public init(of model: SequenceModel, grid: [Int]? = nil, forgetBias: Float = 1) {
    summary = model.summary
    reading = model.reading
    self.grid = grid
    let layers = model.layerDescriptions ?? []
    activation = layers.flatMap(\.directions).compactMap(\.activation).first ?? .tanh
    merge = layers.compactMap(\.merge).first ?? .concatenate
    isReversed = layers.contains { $0.directions.count == 1 && $0.directions[0].isReversed }
    self.forgetBias = forgetBias
  }

  /// What a reader of weights has to be told.
  var options: ImportOptions {
    ImportOptions(
      activation: activation,
      summary: summary,
      forgetBias: forgetBias,
      merge: merge,
      isReversed: isReversed
    )
  }
}
