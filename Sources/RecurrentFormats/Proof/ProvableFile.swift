public import Recurrent

/// A written file that can be run without the program it was written for.
public protocol ProvableFile {
  /// The name of the format, such as "onnx".
  var format: String { get }
  /// What the file reads at once, for a format that has several forms.
  var form: String? { get }
  /// Whether a step is a token.
  var isTokens: Bool { get }
  /// The steps and features of the input, for a model that does not read row by row.
  var grid: [Int]? { get }
  /// Whether the file reads one step at a time.
  var readsSteps: Bool { get }
  /// Whether the file gives states, and takes them.
  var hasStates: Bool { get }
  /// Whether rows may be of unequal length.
  var hasLengths: Bool { get }
  /// The file's content.
  var bytes: [UInt8] { get }

  /// What the file does not say of the model, for a format of weights alone.
  var unsaid: UnsaidOfWeights? { get }

  /// Whether weights that are read back have the bits that were written.
  var keepsBits: Bool { get }

  /// The model in the file; nil where none is read from files of this format.
  func model() throws(FileError) -> SequenceModel?

  /// What the file answers to sequences: `[batch, classes]` or `[batch, time, classes]`, of sequences in
  /// pieces or steps for the last of them.
  func answers(to input: ProofInput, _ trial: ProofTrial) throws(FileError) -> Tensor
}

extension ProvableFile {
  /// Weights have the bits that were written, unless a format says otherwise.
  public var keepsBits: Bool { true }
}

/// The sequences of a trial.
public struct ProofInput: Sendable {
  /// The features, `[batch, time, features]`, with rubbish past each row's end.
  public let features: Tensor
  /// The tokens, `[batch, time]`, where a step is one.
  public let tokens: [Int]?
  /// The number of steps of each row; nil where all have all of them.
  public let lengths: [Int]?

  /// Makes the sequences of a trial of this many features, or different tokens, a step.
  init(_ trial: ProofTrial, size: Int, isTokens: Bool) {
    lengths = trial.lengths
    guard !isTokens else {
      let tokens = trial.tokens(below: size)
      self.tokens = tokens
      features = Tensor(
        tokens.flatMap { token in (0..<size).map { $0 == token ? 1 : 0 } },
        shape: [trial.batch, trial.steps, size]
      )
      return
    }
    tokens = nil
    var numbers = trial.numbers(features: size).elements
    for (row, length) in (trial.lengths ?? []).enumerated() {
      for place in (row * trial.steps + length) * size..<(row + 1) * trial.steps * size {
        numbers[place] = 1e30
      }
    }
    features = Tensor(numbers, shape: [trial.batch, trial.steps, size])
  }
}
