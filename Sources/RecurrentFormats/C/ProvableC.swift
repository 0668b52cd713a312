import Foundation
public import Recurrent

/// A file of C that is compiled and run.
///
/// The program that is made of it runs with the rights of this one: only a file that was written here, or
/// is otherwise trusted, should be proved.
public struct ProvableC: ProvableFile {
  /// The file's content.
  public let bytes: [UInt8]
  private let program: CompiledStep

  /// Compiles a file's content; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is no file of this kind, there is no compiler, or the file does not
  ///   compile.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    self.bytes = bytes
    program = try CompiledStep(bytes, path: path)
  }

  /// The compiler that files are proved with: what `CC` says, or else cc, clang or gcc; nil without one.
  public static var compiler: String? { CCompiler.found?.words.joined(separator: " ") }

  /// The name of the format.
  public var format: String { "c" }
  /// The file has a step.
  public var form: String? { GraphForm.step.rawValue }
  /// Whether a step is a token; features stand for them.
  public var isTokens: Bool { false }
  /// Nothing: the file reads row by row.
  public var grid: [Int]? { nil }
  /// The file reads one step at a time.
  public var readsSteps: Bool { true }
  /// A stream can be gone on with.
  public var hasStates: Bool { true }
  /// Whether rows may be of unequal length.
  public var hasLengths: Bool { false }
  /// Nothing: what the file says is all there is.
  public var unsaid: UnsaidOfWeights? { nil }

  /// Nothing: no model is read from C.
  public func model() throws(FileError) -> SequenceModel? { nil }

  /// What the program answers to sequences.
  public func answers(to input: ProofInput, _ trial: ProofTrial) throws(FileError) -> Tensor {
    try program.answers(to: input.features)
  }
}
