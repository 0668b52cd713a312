/// The keys of what a file written here says of its model.
enum ONNXMetadata {
  /// Whether the graph reads sequences or steps.
  static let form = "recurrent.form"
  /// What the layers are.
  static let layers = "recurrent.layers"
  /// Which outputs the head reads.
  static let summary = "recurrent.summary"
  /// In which way the input is read.
  static let reading = "recurrent.reading"
  /// The share of the head's inputs left out in training.
  static let headDropout = "recurrent.head_dropout"
}
