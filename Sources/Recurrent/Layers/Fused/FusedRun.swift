/// One worker's memory for a layer of a model, and the way of a shard through it.
///
/// What goes in and out are steps of rows sorted by length; a row's numbers past its end mean
/// nothing.
protocol FusedRun: AnyObject {
  /// Runs the layer; returns every step's output, unless only the last output is kept.
  ///
  /// With carried rows, those that go on begin with the state of their lane, and each leaves its last
  /// state there.
  func forward(
    _ input: FusedSequence.Steps,
    _ extent: FusedSequence.Extent,
    weights: [FusedLayerWeights],
    drawing: MaskStreams?,
    carrying rows: CarriedRows?,
    keeping: FusedSequence.Keeping
  ) -> FusedSequence.Steps

  /// Every step's output after a pass that kept it.
  var outputs: FusedSequence.Steps { get }

  /// Writes the final output, rows of the layer's output size.
  ///
  /// `input` is what `forward` was given.
  func readFinal(_ target: UnsafeMutablePointer<Float>, input: FusedSequence.Steps)

  /// Runs back from the gradients of every step's output and of the final output.
  ///
  /// Writes the directions' parts of `gradient`; returns the gradient of the input if it is wanted.
  func backward(
    _ input: FusedSequence.Steps,
    weights: [FusedLayerWeights],
    outputs: FusedSequence.Steps?,
    final: UnsafePointer<Float>?,
    gradient: UnsafeMutablePointer<Float>,
    wantsInputGradient: Bool
  ) -> FusedSequence.Steps?
}
