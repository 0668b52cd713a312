import Foundation
public import Recurrent

/// Writes a model as ONNX.
///
/// The graph reads any number of rows of any number of steps. Its inputs beside the sequences, which may
/// all be left out, are the rows' lengths and the state before the first step of each layer; its
/// outputs are the logits and the states after the last step, so that a stream can be read in chunks.
///
/// LSTM, GRU and RNN layers become ONNX's operations of those names, other cells a loop (Scan) of their
/// equations; `support(of:)` says which.
public struct ONNXExport: Sendable {
  /// What a graph reads, beside what the model says.
  public struct Input: Sendable, Equatable {
    /// Whether a step is a token, a whole number, rather than the features that stand for it.
    public var isTokens: Bool
    /// The steps and features of an input that is not read row by row.
    public var grid: [Int]?

    /// Creates the description of features, or of tokens, or of a grid of steps and features.
    public init(isTokens: Bool = false, grid: [Int]? = nil) {
      self.isTokens = isTokens
      self.grid = grid
    }
  }

  /// The model that is written.
  public let model: SequenceModel
  /// What it reads.
  public let input: Input
  /// Text that goes with the model, by key.
  public var metadata: [String: String] = [:]
  let parts: [LayerParts]

  /// Prepares a model to be written.
  ///
  /// - Throws: `FormatRefusal` where the model has a layer that is not of this library, or is not read
  ///   row by row and the grid is not given.
  public init(_ model: SequenceModel, input: Input = Input()) throws(FormatRefusal) {
    self.model = model
    self.input = input
    var parts: [LayerParts] = []
    for (index, layer) in model.layers.enumerated() {
      guard let divided = LayerParts(layer, at: index) else {
        throw FormatRefusal("layer \(index), a \(type(of: layer)), is not one of Recurrent's own")
      }
      parts.append(divided)
    }
    self.parts = parts
    guard model.reading == .rows || gridSize != nil else {
      throw FormatRefusal(
        "the model reads '\(model.reading.rawValue)': the steps and features of its input must be given"
      )
    }
  }

  /// The size of what is read of the grid.
  var gridSize: (steps: Int, features: Int)? {
    guard let grid = input.grid, grid.count == 2, !input.isTokens,
      let size = model.reading.size(steps: grid[0], features: grid[1]),
      size.features == model.layers[0].inputSize
    else { return nil }
    return size
  }

  /// How well ONNX says what a layer computes.
  public static func support(of layer: any RecurrentLayer) -> FormatSupport {
    guard let parts = LayerParts(layer, at: 0) else {
      return .refused("a layer that is not one of Recurrent's own")
    }
    return support(of: parts)
  }

  static func support(of parts: LayerParts) -> FormatSupport {
    parts.directions.reduce(.exact) { support, direction in
      guard ONNXNativeWeights(direction) == nil else { return support }
      return support.combined(with: .decomposed("Scan over the cell's equations"))
    }
  }

  /// How well ONNX says what the model computes, in a form.
  public func support(_ form: GraphForm) -> FormatSupport {
    if form == .step, let problem = model.stepProblem ?? parts.compactMap(\.stepProblem).first {
      return .refused(problem)
    }
    return parts.reduce(.exact) { $0.combined(with: Self.support(of: $1)) }
  }

  /// The model as a file.
  ///
  /// - Throws: `FormatRefusal` where there is no such form of the model.
  public func file(_ form: GraphForm) throws(FormatRefusal) -> ONNXModel {
    if case .refused(let reason) = support(form) { throw FormatRefusal(reason) }
    var writer = ONNXSequenceWriter(builder: ONNXGraphBuilder(name: "recurrent_\(form.rawValue)"))
    switch form {
    case .sequence: writeSequence(&writer)
    case .step: writeStep(&writer)
    }
    var file = ONNXModel(writer.builder.finished(), metadata: ownMetadata)
    file.metadata[ONNXMetadata.form] = form.rawValue
    return file
  }

  private var ownMetadata: [String: String] {
    var metadata = metadata
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    if let layers = model.layerDescriptions, let text = try? encoder.encode(layers) {
      metadata[ONNXMetadata.layers] = String(decoding: text, as: UTF8.self)
    }
    metadata[ONNXMetadata.summary] = model.summary.rawValue
    metadata[ONNXMetadata.reading] = model.reading.rawValue
    if model.headDropout > 0 { metadata[ONNXMetadata.headDropout] = "\(model.headDropout)" }
    return metadata
  }
}
