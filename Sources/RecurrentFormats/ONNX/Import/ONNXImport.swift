public import Recurrent

/// Reads the recurrent layers and the head out of an ONNX graph.
///
/// The layers are recognised by the operations that the graph has, whatever stands around them. Then
/// the graph is run, and compared with the layers on made-up sequences: what is returned computes what
/// the file computes, or an error is thrown. A graph that has the steps of one layer written out, as
/// Keras exports them, is identified by its weights and its answers.
public struct ONNXImport: Sendable {
  /// What the graph makes of the logits before it gives them.
  public enum OutputFunction: String, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// Probabilities.
    case softmax
    /// Logarithms of probabilities.
    case logSoftmax
  }

  /// The recurrent layers, the first reads the input.
  public let layers: [any RecurrentLayer]
  /// The linear layer behind them; nil if there is none.
  public let head: Dense?
  /// Which outputs the head reads.
  public let summary: SequenceModel.Summary
  /// What becomes of the logits, which the model here gives as they are.
  public let outputFunction: OutputFunction
  /// The largest distance of the layers' outputs from the graph's in the comparison.
  public let largestDifference: Float
  private let whole: SequenceModel?

  /// The largest distance that is taken for rounding, relative to the largest output above 1.
  static let tolerance: Float = 1e-4

  /// Reads the layers of a model; `path` is used in errors.
  ///
  /// - Throws: `FileError` when the graph is not one of recurrent layers and at most one linear layer,
  ///   or computes something else than these.
  public init(_ model: ONNXModel, path: String) throws(FileError) {
    try self.init(model, path: path, limit: ONNXEvaluation.usualLimit)
  }

  /// Reads the layers of a model without computing more than `limit` numbers at a time.
  init(_ model: ONNXModel, path: String, limit: Int) throws(FileError) {
    let comparison = ONNXComparison(model: model, path: path, limit: limit)
    let found: ONNXComparison.Result
    if model.metadata[ONNXMetadata.layers] != nil {
      let own = try ONNXOwnFile(model, path: path).model
      found = try comparison.result(of: own)
      whole = own
    } else if model.graph.nodes.contains(where: {
      ONNXRecognition.operations.contains($0.operation)
    }) {
      found = try comparison.result(of: ONNXRecognition(model, path: path, limit: limit))
      whole = nil
    } else {
      found = try comparison.identified()
      whole = nil
    }
    layers = found.layers
    head = found.head
    summary = found.summary
    outputFunction = found.outputFunction
    largestDifference = found.largestDifference
  }

  /// The layers and the head as a model; nil if there is no head.
  public var model: SequenceModel? {
    whole ?? head.map { SequenceModel(layers: layers, summary: summary, head: $0) }
  }
}
