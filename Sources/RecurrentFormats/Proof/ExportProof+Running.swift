public import Recurrent

extension ExportProof {
  /// Runs a file beside the model that it was written of.
  ///
  /// - Throws: `FileError` when the file cannot be run, or its weights are others.
  public init(
    of file: some ProvableFile,
    model: SequenceModel,
    support: FormatSupport,
    version: String,
    tolerance: Float = ExportProof.usualTolerance
  ) throws(FileError) {
    let inputSize = file.grid?[1] ?? model.layers[0].inputSize
    let trials = ProofTrial.all(
      readsSteps: file.readsSteps,
      hasStates: file.hasStates,
      hasLengths: file.hasLengths,
      fixedSteps: file.grid?[0]
    )
    var cases: [Case] = []
    for trial in trials {
      let input = ProofInput(trial, size: inputSize, isTokens: file.isTokens)
      let wanted = Self.answers(of: model, to: input, trial)
      let found = try file.answers(to: input, trial)
      cases.append(
        Case(
          trial: trial,
          largestDifference: Self.difference(found, wanted),
          answers: Self.sample(wanted)
        )
      )
    }
    self.init(
      version: version,
      format: file.format,
      form: file.form,
      support: support.description,
      fileHash: SHA256Digest.hexadecimal(of: file.bytes),
      weightsHash: Self.weightsHash(of: file.keepsBits ? model : try file.model() ?? model),
      inputSize: inputSize,
      unsaid: file.unsaid,
      tolerance: tolerance,
      cases: cases
    )
    if let read = try file.model(), Self.weightsHash(of: read) != weightsHash {
      throw FileError("has other weights than the model when it is read back")
    }
    guard largestDifference <= tolerance else {
      throw FileError(
        "computes something else than the model: off by \(largestDifference), and \(tolerance) is allowed"
      )
    }
  }

  /// Both sides compute in single precision, in different orders.
  public static let usualTolerance: Float = 1e-5

  /// Runs a file again, and compares it with what its proof says.
  ///
  /// - Returns: The largest distance of the file's answers from those the model gave.
  /// - Throws: `FileError` when the file is another than was proved, or answers otherwise.
  public func check(_ file: some ProvableFile) throws(FileError) -> Float {
    try checkHash(of: file.bytes)
    let model = try file.model()
    if let model, Self.weightsHash(of: model) != weightsHash {
      throw FileError("has other weights than were proved")
    }
    var largest: Float = 0
    for entry in cases {
      let input = ProofInput(entry.trial, size: inputSize, isTokens: file.isTokens)
      let found = Self.sample(try file.answers(to: input, entry.trial))
      guard found.count == entry.answers.count else { throw FileError("gives other answers") }
      let own =
        model.map { Self.sample(Self.answers(of: $0, to: input, entry.trial)) } ?? entry.answers
      let scale = own.reduce(1) { max($0, abs($1)) }
      for ((a, b), c) in zip(zip(found, entry.answers), own) {
        let distance = max(abs(a - b), abs(a - c)) / scale
        largest = distance <= largest ? largest : distance.isNaN ? .infinity : distance
      }
    }
    guard largest <= tolerance else {
      throw FileError(
        "answers otherwise than was proved: off by \(largest), \(tolerance) is allowed"
      )
    }
    return largest
  }

  /// Compares the hash of a file's content with that of the file that was proved.
  ///
  /// - Throws: `FileError` when it is another file.
  public func checkHash(of bytes: [UInt8]) throws(FileError) {
    let hash = SHA256Digest.hexadecimal(of: bytes)
    guard hash == fileHash else {
      throw FileError(
        "is not the file that was proved (SHA-256 \(hash.prefix(12))..., then \(fileHash.prefix(12))...)",
        advice: "export the model again"
      )
    }
  }

  private static func answers(
    of model: SequenceModel,
    to input: ProofInput,
    _ trial: ProofTrial
  ) -> Tensor {
    let logits = model.logits(input.features, in: SequencePass(lengths: input.lengths))
    guard logits.shape.rank == 3, let last = trial.pieces.last else { return logits }
    switch trial.manner {
    case .whole, .padded: return logits
    case .chunks: return logits.slice(last, along: 1)
    case .steps: return logits.slice(at: trial.steps - 1, along: 1)
    }
  }

  /// The largest distance, as a share of the largest number where that is above 1.
  private static func difference(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    let scale = b.elements.reduce(1) { max($0, abs($1)) }
    return zip(a.elements, b.elements).reduce(0) { largest, pair in
      let distance = abs(pair.0 - pair.1) / scale
      return distance <= largest ? largest : distance.isNaN ? .infinity : distance
    }
  }

  private static func sample(_ tensor: Tensor) -> [Float] {
    let elements = tensor.elements
    let step = max(1, elements.count / answerCount)
    return stride(from: 0, to: elements.count, by: step).prefix(answerCount).map { elements[$0] }
  }

  /// The SHA-256 of a model's weights under their names.
  static func weightsHash(of model: SequenceModel) -> String {
    var arrays = SafetensorsFile()
    for (name, value) in model.parameters { arrays.add(value, named: name) }
    return SHA256Digest.hexadecimal(of: arrays.bytes)
  }
}
