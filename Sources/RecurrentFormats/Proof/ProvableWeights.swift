public import Recurrent

/// A file of weights by another program's names, which is read back and run as a model.
public struct ProvableWeights: ProvableFile {
  /// The file's content.
  public let bytes: [UInt8]
  /// The name of the format.
  public let format: String
  /// What the file does not say of the model.
  public let unsaid: UnsaidOfWeights?
  private let read: SequenceModel

  /// Reads a file's content; `path` is used in errors.
  ///
  /// - Throws: `FileError` when the weights are not those of a model.
  public init(
    bytes: [UInt8],
    path: String,
    format: String,
    unsaid: UnsaidOfWeights
  ) throws(FileError) {
    self.bytes = bytes
    self.format = format
    self.unsaid = unsaid
    let model = try ImportedModel(bytes, path: path, options: unsaid.options).model
    read = SequenceModel(
      reading: unsaid.reading,
      layers: model.layers,
      summary: model.summary,
      head: model.head
    )
  }

  /// Whether weights come back with their bits: TensorFlow 1's biases are written without what it adds at
  /// run time, which rounds them.
  public var keepsBits: Bool { format != "tensorflow1" || unsaid?.forgetBias == 0 }
  /// Nothing: weights have no forms.
  public var form: String? { nil }
  /// Whether a step is a token; features stand for them.
  public var isTokens: Bool { false }
  /// The steps and features of the input, where it is not read row by row.
  public var grid: [Int]? { unsaid?.grid }
  /// Whether a step is read at a time.
  public var readsSteps: Bool { false }
  /// Whether there are states to go on from.
  public var hasStates: Bool { false }

  /// Whether rows may be of unequal length.
  public var hasLengths: Bool { grid == nil }

  /// The model in the file.
  public func model() throws(FileError) -> SequenceModel? { read }

  /// What the model answers to sequences.
  public func answers(to input: ProofInput, _ trial: ProofTrial) throws(FileError) -> Tensor {
    read.logits(input.features, in: SequencePass(lengths: input.lengths))
  }
}
