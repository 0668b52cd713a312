public import Recurrent

/// An ONNX file that is run operation by operation.
public struct ProvableONNX: ProvableFile {
  /// The file.
  public let file: ONNXModel
  /// The file's content.
  public let bytes: [UInt8]
  private let path: String

  /// Takes a file's content; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is no ONNX file.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    file = try ONNXModel(bytes: bytes, path: path)
    self.bytes = bytes
    self.path = path
  }

  /// The name of the format.
  public var format: String { "onnx" }
  /// Whether the graph reads sequences or steps.
  public var form: String? { file.metadata[ONNXMetadata.form] }
  /// Whether the graph reads one step at a time.
  public var readsSteps: Bool { form == GraphForm.step.rawValue }
  /// Whether the states that the graph gives are those that reading on needs.
  public var hasStates: Bool {
    guard let model = try? model() ?? nil, let export = try? ONNXExport(model) else { return false }
    if case .refused = export.support(.step) { return false }
    return true
  }
  /// Whether the graph reads tokens.
  public var isTokens: Bool { file.graph.inputs.first?.name == "tokens" }
  /// The steps and features of its input, where they are fixed.
  public var grid: [Int]? {
    guard let extents = file.graph.inputs.first?.shape, extents.count == 3,
      case .fixed(let steps) = extents[1], case .fixed(let features) = extents[2]
    else { return nil }
    return [steps, features]
  }

  /// Whether rows may be of unequal length.
  public var hasLengths: Bool { grid == nil }
  /// Nothing: the file says all of the model.
  public var unsaid: UnsaidOfWeights? { nil }

  /// The model in the file.
  public func model() throws(FileError) -> SequenceModel? {
    guard let model = try ONNXImport(file, path: path).model else {
      throw FileError("has no linear layer", file: path)
    }
    return model
  }

  /// What the graph answers to sequences.
  public func answers(to input: ProofInput, _ trial: ProofTrial) throws(FileError) -> Tensor {
    var ranges = [0..<trial.steps]
    if trial.manner == .chunks { ranges = trial.pieces }
    if trial.manner == .steps { ranges = (0..<trial.steps).map { $0..<$0 + 1 } }
    var given: [String: ONNXArray] = [:]
    var outputs: [String: ONNXArray] = [:]
    for range in ranges {
      let (name, sequences) = piece(of: input, range, trial)
      given[name] = sequences
      if let lengths = input.lengths {
        given["lengths"] = ONNXArray(lengths, shape: [lengths.count], type: .int32)
      }
      do throws(FileError) {
        outputs = try ONNXEvaluation.run(file, given)
      } catch {
        throw FileError(error.problem, file: path)
      }
      given = [:]
      for (name, value) in outputs where name.hasPrefix("final_") {
        given["initial_" + name.dropFirst(6)] = value
      }
    }
    guard let logits = outputs["logits"]?.tensor else {
      throw FileError("gives no logits", file: path)
    }
    return logits
  }

  private func piece(
    of input: ProofInput,
    _ range: Range<Int>,
    _ trial: ProofTrial
  ) -> (name: String, sequences: ONNXArray) {
    let shape = readsSteps ? [trial.batch] : [trial.batch, range.count]
    if let tokens = input.tokens {
      let part = (0..<trial.batch).flatMap { row in range.map { tokens[row * trial.steps + $0] } }
      return ("tokens", ONNXArray(part, shape: shape))
    }
    let part = input.features.slice(range, along: 1)
    let size = part.shape[2]
    return ("input", ONNXArray(part.reshaped(to: Shape(shape + [size]))))
  }
}
