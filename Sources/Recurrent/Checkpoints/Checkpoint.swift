#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A training's state in a file, with whatever the program that trains wants beside it.
///
///     try Checkpoint(trainer.state).write(to: "step-100.safetensors")
///     ...
///     try trainer.restore(Checkpoint(contentsOf: "step-100.safetensors").state)
///
/// The file is a safetensors file: parameters under "model/", the optimizer's memory under
/// "optimizer/", the average under "average/", what a stream's lanes carry under "carried/", so that other programs can look into it. Its metadata
/// hold the counts, and the SHA-256 of everything else in the file; a file that was changed in any
/// byte is refused.
public struct Checkpoint: Sendable {
  /// The training's state.
  public var state: TrainerState
  /// Arrays of the program's own by name, such as the best model so far.
  public var arrays: [String: Tensor]
  /// Text of the program's own by key.
  public var notes: [String: String]

  /// Creates a checkpoint of a state.
  public init(
    _ state: TrainerState,
    arrays: [String: Tensor] = [:],
    notes: [String: String] = [:]
  ) {
    self.state = state
    self.arrays = arrays
    self.notes = notes
  }

  /// The numbers of a state that are no arrays.
  private struct Counts: Codable {
    struct Epoch: Codable {
      var steps: Int
      var examples: Int
      /// Nil in checkpoints of versions that had one answer an example.
      var answers: Int?
      var costs: Double
      var correct: Int
      var seconds: Double
      /// Nil in checkpoints of versions that did not measure it.
      var measures: EpochMeasures?
    }

    var format = 1
    var epoch: Int
    var step: Int
    var epochInProgress: Epoch?
    var observations: [Double]
    var learningRate: Float
    var momentum: Float
    var optimizerStep: Int
    var averageSteps: Int
    /// The names in their order, which a file does not keep.
    var parameters: [String]
    var optimizer: [String]
  }

  private static let countsKey = "training"
  private static let notePrefix = "note."
  private static let (modelPrefix, optimizerPrefix) = ("model/", "optimizer/")
  private static let (averagePrefix, arrayPrefix) = ("average/", "array/")
  private static let orderName = "order"
  private static let carriedPrefix = "carried/"
}

// MARK: - Writing

extension Checkpoint {
  /// The checkpoint as a file's content, with its checksum.
  public var safetensors: SafetensorsFile {
    let coder = JSONEncoder()
    coder.outputFormatting = [.sortedKeys]
    coder.nonConformingFloatEncodingStrategy = Self.encodingOfNonFinite
    // Numbers, text and arrays of them: nothing here can fail to be encoded.
    let text = (try? coder.encode(counts)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    var file = SafetensorsFile(metadata: [Self.countsKey: text])
    for (key, note) in notes { file.metadata[Self.notePrefix + key] = note }
    for (name, tensor) in zip(state.parameters.names, state.parameters.tensors) {
      file.add(tensor, named: Self.modelPrefix + name)
    }
    for entry in state.optimizer.entries {
      file.add(entry.value, named: Self.optimizerPrefix + entry.name)
    }
    if let average = state.average {
      for (name, tensor) in zip(average.names, average.tensors) {
        file.add(tensor, named: Self.averagePrefix + name)
      }
    }
    for (name, tensor) in arrays { file.add(tensor, named: Self.arrayPrefix + name) }
    for (layer, tensor) in state.carriedStates.enumerated() {
      file.add(tensor, named: "\(Self.carriedPrefix)\(layer)")
    }
    if let order = state.epochInProgress?.givenOrder { file.add(order, named: Self.orderName) }
    file.addChecksum()
    return file
  }

  /// Writes the checkpoint beside `path` and renames it into place.
  ///
  /// - Throws: `FileError` when it cannot be written; what was there is then there still.
  public func write(to path: String) throws(FileError) { try safetensors.write(to: path) }

  private var counts: Counts {
    Counts(
      epoch: state.epoch,
      step: state.step,
      epochInProgress: state.epochInProgress.map {
        Counts.Epoch(
          steps: $0.steps,
          examples: $0.examples,
          answers: $0.answers,
          costs: $0.costs,
          correct: $0.correct,
          seconds: $0.seconds,
          measures: $0.measures
        )
      },
      observations: state.observations,
      learningRate: state.learningRate,
      momentum: state.momentum,
      optimizerStep: state.optimizer.step,
      averageSteps: state.averageSteps,
      parameters: state.parameters.names,
      optimizer: state.optimizer.entries.map(\.name)
    )
  }

  private static let nonFiniteWords = (infinity: "inf", negative: "-inf", nan: "nan")

  private static var encodingOfNonFinite: JSONEncoder.NonConformingFloatEncodingStrategy {
    .convertToString(
      positiveInfinity: nonFiniteWords.infinity,
      negativeInfinity: nonFiniteWords.negative,
      nan: nonFiniteWords.nan
    )
  }
}

// MARK: - Reading

extension Checkpoint {
  /// Reads the checkpoint at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read, is damaged, or is none.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: WholeFile.contents(of: path), path: path)
  }

  /// Reads a checkpoint from a file's bytes; `path` is used in errors.
  ///
  /// - Throws: `FileError` when they are damaged, or are none.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    let file = try SafetensorsFile(bytes: bytes, path: path)
    try self.init(file)
    // Spaces in the header are no content, but nobody wrote them so.
    guard file.bytes == bytes else {
      throw FileError("is damaged: its header is not as it was written", file: path)
    }
  }

  /// Reads a checkpoint from a file's content.
  ///
  /// - Throws: `FileError` when it is damaged, or is none.
  public init(_ file: SafetensorsFile) throws(FileError) {
    guard let text = file.metadata[Self.countsKey] else { throw file.problem("is no checkpoint") }
    try file.verifyChecksum()
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.nonFiniteWords.infinity,
      negativeInfinity: Self.nonFiniteWords.negative,
      nan: Self.nonFiniteWords.nan
    )
    guard let counts = try? decoder.decode(Counts.self, from: Data(text.utf8)), counts.format == 1
    else { throw file.problem("is a checkpoint that this version does not read") }
    var unread = Set(file.entries.keys)
    func take(_ name: String) throws(FileError) -> Tensor {
      unread.remove(name)
      return try file.tensor(named: name)
    }
    func list(_ prefix: String) throws(FileError) -> ParameterList {
      var tensors: [Tensor] = []
      for name in counts.parameters { tensors.append(try take(prefix + name)) }
      return ParameterList(names: counts.parameters, tensors: tensors)
    }
    let parameters = try list(Self.modelPrefix)
    var optimizer = OptimizerState(step: counts.optimizerStep)
    for name in counts.optimizer {
      let value = try take(Self.optimizerPrefix + name)
      optimizer.entries.append(OptimizerState.Entry(name: name, value: value))
    }
    var average: ParameterList?
    if unread.contains(where: { $0.hasPrefix(Self.averagePrefix) }) {
      average = try list(Self.averagePrefix)
    }
    arrays = [:]
    for name in unread.filter({ $0.hasPrefix(Self.arrayPrefix) }).sorted() {
      arrays[String(name.dropFirst(Self.arrayPrefix.count))] = try take(name)
    }
    var carried: [Tensor] = []
    while unread.contains("\(Self.carriedPrefix)\(carried.count)") {
      carried.append(try take("\(Self.carriedPrefix)\(carried.count)"))
    }
    var progress: TrainerState.EpochInProgress?
    if let epoch = counts.epochInProgress {
      var order: [Int]?
      if unread.remove(Self.orderName) != nil { order = try file.indices(named: Self.orderName) }
      progress = TrainerState.EpochInProgress(
        steps: epoch.steps,
        examples: epoch.examples,
        givenOrder: order,
        answers: epoch.answers,
        costs: epoch.costs,
        correct: epoch.correct,
        seconds: epoch.seconds,
        measures: epoch.measures
      )
    }
    guard unread.isEmpty else {
      throw file.problem("has arrays that no checkpoint has, such as '\(unread.min() ?? "")'")
    }
    state = TrainerState(
      epoch: counts.epoch,
      step: counts.step,
      epochInProgress: progress,
      observations: counts.observations,
      parameters: parameters,
      optimizer: optimizer,
      learningRate: counts.learningRate,
      momentum: counts.momentum,
      average: average,
      averageSteps: counts.averageSteps,
      carriedStates: carried
    )
    notes = [:]
    for (key, note) in file.metadata where key.hasPrefix(Self.notePrefix) {
      notes[String(key.dropFirst(Self.notePrefix.count))] = note
    }
  }
}

extension SafetensorsFile {
  /// Adds numbers from 0 up, as 64-bit integers.
  fileprivate mutating func add(_ indices: [Int], named name: String) {
    let bytes = indices.flatMap { index in
      (0..<8).map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
    }
    entries[name] = Entry(type: "I64", shape: [indices.count], bytes: bytes[...])
  }

  /// The numbers of an array of 64-bit integers.
  fileprivate func indices(named name: String) throws(FileError) -> [Int] {
    guard let entry = entries[name], entry.type == "I64", entry.shape.count == 1 else {
      throw problem("array '\(name)' is no list of 64-bit integers")
    }
    let start = entry.bytes.startIndex
    return (0..<entry.shape[0]).map { index in
      (0..<8).reduce(0) { $0 | Int(entry.bytes[start + 8 * index + $1]) << (8 * $1) }
    }
  }
}
