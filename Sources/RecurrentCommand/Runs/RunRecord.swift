import Foundation
import Recurrent

/// Everything needed to repeat a run, and what came of it: `run.json`.
struct RunRecord: Codable {
  /// What came of the test.
  struct TestResult: Codable, Equatable {
    /// Nil where numbers are to be answered.
    var accuracy: Double?
    var cost: Double
    /// The number of answers that were compared.
    var count: Int
  }

  var version = Version.text
  var data: DataSelection
  /// The SHA-256 of the examples.
  var dataFingerprint: String
  var trainingCount: Int
  /// 0 where there are none.
  var validationCount: Int
  /// 0 where there are no examples but those to watch by.
  var testCount: Int
  var steps: Int
  var features: Int
  /// What the classes, the tokens, or the numbers that are answered are called.
  var classNames: [String]
  var recipe: Recipe
  var seed: UInt64
  /// The threads of each process.
  var threads: Int
  /// The processes that shared the training; nil for one.
  var processes: Int?
  var instructionSet: String
  /// What it was trained on last; nil in runs of versions that did not note it.
  var machine: Machine?
  /// The operating system, likewise.
  var system: String?
  var epochs: [Epoch] = []
  /// The epoch whose model is kept, if that is the best one's; nil for the last one's.
  var bestEpoch: Int?
  var test: TestResult?
  /// What else says how good the model is; nil before the test.
  var assessment: Assessment?

  /// The record as text.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// No longer text is read.
  private static let limit = 1 << 26

  /// Reads the record of a run.
  init(of folder: RunFolder) throws {
    let text = try WholeFile.contents(of: folder.record, limit: Self.limit)
    try self.init(json: text, path: folder.record)
  }

  /// Reads a record's text; `path` is used in errors.
  init(json: [UInt8], path: String) throws(CommandFailure) {
    let damage = CommandFailure(
      "\(path): is not the record of a run; it is damaged or of another version"
    )
    do {
      self = try JSONDecoder().decode(RunRecord.self, from: Data(json))
      try recipe.check()
    } catch {
      throw damage
    }
    guard isPossible else { throw damage }
  }

  /// Makes the record of a new run on `data`.
  init(
    of selection: DataSelection,
    data: RunData,
    recipe: Recipe,
    seed: UInt64,
    threads: Int,
    processes: Int? = nil
  ) {
    self.data = selection
    dataFingerprint = data.fingerprint
    trainingCount = data.training.count
    validationCount = data.validation?.count ?? 0
    testCount = data.test?.count ?? 0
    steps = data.training.steps
    features = data.training.features
    classNames = data.training.outputNames
    self.recipe = recipe
    self.seed = seed
    self.threads = threads
    self.processes = processes
    instructionSet = Recurrent.instructionSet
    noteSurroundings()
  }

  /// Notes what the run is trained on from here on.
  mutating func noteSurroundings() {
    instructionSet = Recurrent.instructionSet
    machine = .current
    system = ProcessInfo.processInfo.operatingSystemVersionString
  }
}
