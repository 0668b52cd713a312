import Foundation
public import Recurrent

/// A Core ML package that is run without Core ML, operation by operation.
public struct ProvableCoreML: ProvableFile {
  /// The content of the program and of its weights.
  public let bytes: [UInt8]
  private let program: CoreMLProgram
  private let path: String

  /// Takes a program that is yet to be written; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is not one that is read here.
  public init(_ export: CoreMLExport, path: String) throws(FileError) {
    let weights = export.weights.isEmpty ? nil : export.weights.bytes
    try self.init(ModelPackage(specification: export.specification, weights: weights), path)
  }

  /// Reads a package.
  ///
  /// - Throws: `FileError` when it is damaged, or is not one that is read here.
  public init(path: String) throws(FileError) {
    try self.init(ModelPackage(contentsOf: path), path)
  }

  private init(_ package: ModelPackage, _ path: String) throws(FileError) {
    bytes = package.specification + (package.weights ?? [])
    program = try CoreMLProgram(package, file: path)
    self.path = path
  }

  /// The name of the format.
  public var format: String { "coreml" }
  /// Whether the program reads sequences or steps.
  public var form: String? {
    (readsSteps ? GraphForm.step : GraphForm.sequence).rawValue
  }
  /// Whether a step is a token; features stand for them.
  public var isTokens: Bool { false }
  /// Nothing: the program reads what has been put in order before.
  public var grid: [Int]? { nil }
  /// Whether the program reads one step at a time.
  public var readsSteps: Bool { program.inputs.contains { $0.name.hasSuffix("_in") } }
  /// Whether a sequence can be gone on with: a step's can, a sequence's begins anew.
  public var hasStates: Bool { readsSteps }
  /// Whether rows may be of unequal length.
  public var hasLengths: Bool { false }
  /// Nothing: what the program says is all there is.
  public var unsaid: UnsaidOfWeights? { nil }

  /// Nothing: no model is read from a program.
  public func model() throws(FileError) -> SequenceModel? { nil }

  /// What the program answers to sequences.
  public func answers(to input: ProofInput, _ trial: ProofTrial) throws(FileError) -> Tensor {
    var given: [String: Tensor] = [:]
    guard readsSteps else {
      given["input"] = input.features
      return try logits(program(given))
    }
    var outputs: [String: Tensor] = [:]
    for step in 0..<trial.steps {
      given = [:]
      for feature in program.inputs where feature.name.hasSuffix("_in") {
        let before = outputs["\(feature.name.dropLast(3))_out"]
        given[feature.name] =
          before == nil ? try firstState(feature.name, batch: trial.batch) : before
      }
      given["input"] = input.features.slice(at: step, along: 1)
      outputs = try program(given)
    }
    return try logits(outputs)
  }

  /// The state that a stream begins from: what the package says, or zeros.
  private func firstState(_ name: String, batch: Int) throws(FileError) -> Tensor {
    guard let size = program.inputSize(name), 1...65_536 ~= size else {
      throw FileError("has a state '\(name.prefix(60))' of no size", file: path)
    }
    let text = program.metadata["recurrent.initialStates"] ?? "{}"
    let states = try? JSONDecoder().decode([String: [Float]].self, from: Data(text.utf8))
    let row = states?[name] ?? Array(repeating: 0, count: size)
    guard row.count == size else {
      throw FileError("has a first state '\(name.prefix(60))' that does not fit", file: path)
    }
    return Tensor((0..<batch).flatMap { _ in row }, shape: [batch, size])
  }

  private func logits(_ outputs: [String: Tensor]) throws(FileError) -> Tensor {
    guard let logits = outputs["logits"] else { throw FileError("gives no logits", file: path) }
    return logits
  }
}
