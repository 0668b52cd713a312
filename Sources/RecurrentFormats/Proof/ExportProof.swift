import Foundation
public import Recurrent

/// What was found when a written file was run back beside its model, kept beside the file.
///
/// It holds enough to find out again whether the file still computes what the model computed: the
/// hashes of the file and of the weights, which sequences were read, and some of the model's answers.
public struct ExportProof: Codable, Sendable, Equatable {
  /// One run of the file and the model over the same made-up sequences.
  public struct Case: Codable, Sendable, Equatable {
    /// What was read.
    public var trial: ProofTrial
    /// The largest distance of the file's answers from the model's.
    public var largestDifference: Float
    /// Some of the model's answers, evenly taken from all of them.
    public var answers: [Float]
  }

  /// The version of Recurrent that wrote the file.
  public var version: String
  /// The format that the file is in, such as "onnx".
  public var format: String
  /// What the file reads at once, for a format that has several forms.
  public var form: String?
  /// How well the format says what the model computes.
  public var support: String
  /// The SHA-256 of the file.
  public var fileHash: String
  /// The SHA-256 of the model's weights under their names, as they come out of the file.
  public var weightsHash: String
  /// The number of features that a step reads, or of different tokens.
  public var inputSize: Int
  /// What the file does not say of the model, for a format of weights alone.
  public var unsaid: UnsaidOfWeights?
  /// The largest distance that is taken for rounding, as a share of the largest answer above 1.
  public var tolerance: Float
  /// What was run.
  public var cases: [Case]

  /// The largest distance of all cases.
  public var largestDifference: Float { cases.reduce(0) { max($0, $1.largestDifference) } }

  /// Where the proof of a file is kept.
  public static func path(of file: String) -> String { file + ".proof.json" }

  /// How many of a case's answers are kept.
  static let answerCount = 32
}

extension ExportProof {
  /// The proof as text.
  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }

  /// Reads the proof of a file.
  ///
  /// - Throws: `FileError` when there is none, or it is damaged.
  public init(of file: String) throws(FileError) {
    let path = Self.path(of: file)
    let text = try WholeFile.contents(of: path, limit: 1 << 26)
    do {
      self = try JSONDecoder().decode(ExportProof.self, from: Data(text))
    } catch {
      throw FileError(
        "is not the proof of an exported file, or is damaged",
        file: path,
        advice: "export the model again"
      )
    }
    guard !cases.isEmpty, cases.allSatisfy({ $0.trial.isPossible(size: inputSize) }) else {
      throw FileError("proves nothing that can be tried", file: path)
    }
  }

  /// Writes the proof beside its file.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(beside file: String) throws(FileError) {
    // Encoding fails for numbers that are not finite, which no difference within tolerance is.
    guard let text = try? json() else {
      throw FileError("has a proof with numbers that are not finite", file: file)
    }
    try WholeFile.write(text, to: Self.path(of: file))
  }
}
