import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

/// A record is a file and may hold any number; what no run can have had is refused, before anything
/// is computed from it.
struct RunRecordTests {
  private static func record() -> RunRecord {
    var recipe = Recipe(cell: .lstm, hiddenSize: LayerSizes(6, 6))
    recipe.structure = ModelStructure(reading: .rows, sweeps: 1)
    let dataset = SequenceDataset(
      elements: .bytes([UInt8](repeating: 0, count: 28 * 28), scale: 1),
      labels: [0],
      steps: 28,
      features: 28,
      classNames: ["0", "1"]
    )
    return RunRecord(
      of: DataSelection(name: .mnist),
      data: RunData(training: dataset, validation: dataset, test: dataset, fingerprint: ""),
      recipe: recipe,
      seed: 1,
      threads: 1
    )
  }

  private func read(_ record: RunRecord) throws -> RunRecord {
    try RunRecord(json: Array(record.json().utf8), path: "run.json")
  }

  @Test func `a record comes back as it was written`() throws {
    let record = Self.record()
    let copy = try read(record)
    #expect(try copy.json() == record.json())
    #expect(copy.recipe == record.recipe && copy.data == record.data)
  }

  /// One number of a record and what it becomes.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (inout RunRecord) -> Void

    init(_ testDescription: String, _ make: @escaping @Sendable (inout RunRecord) -> Void) {
      self.testDescription = testDescription
      self.make = make
    }
  }

  static let changes = [
    Change("no features, of which a layer reads each") { $0.features = 0 },
    Change("features whose products overflow") { $0.features = .max },
    Change("steps without end") { $0.steps = .max },
    Change("steps below 0") { $0.steps = -1 },
    Change("no examples to test") { $0.testCount = 0 },
    Change("a text without a file") { $0.data.name = .text },
    Change("a file of digits") { $0.data.path = "/tmp/a" },
    Change("no share to validate") { $0.data.validationShare = 0 },
    Change("a window without steps") { $0.recipe.window = 0 },
    Change("no classes") { $0.classNames = [] },
    Change("a class named by terminal codes") { $0.classNames[1] = "\u{1B}[2J" },
    Change("no training examples") { $0.trainingCount = 0 },
    Change("no threads") { $0.threads = 0 },
    Change("digits with a lag") { $0.data.lag = 5 },
    Change("a task for the memory without a lag") { $0.data.name = .adding },
    Change("a lag that is too short for the task") {
      ($0.data.name, $0.data.lag) = (.temporalOrder, 9)
    },
    Change("a lag without end") { ($0.data.name, $0.data.lag) = (.adding, .max) },
    Change("no batch") { $0.recipe.batchSize = 0 },
    Change("a batch without end") { $0.recipe.batchSize = .max },
    Change("no epochs") { $0.recipe.epochs = 0 },
    Change("a patience below 0") { $0.recipe.patience = -1 },
    Change("a negative learning rate") { $0.recipe.learningRate = -1 },
    Change("a limit of 0") { $0.recipe.clip = 0 },
    Change("a limit of values below 0") { $0.recipe.clipValue = -1 },
    Change("a momentum of 1") { $0.recipe.momentum = 1 },
    Change("Nesterov's momentum without any") {
      ($0.recipe.optimizer, $0.recipe.momentum) = (.nesterov, 0)
    },
    Change("a weight decay below 0") { $0.recipe.weightDecay = -0.1 },
    Change("a smoothing of 1") { $0.recipe.labelSmoothing = 1 },
    Change("an average that never moves") { $0.recipe.average = 1 },
    Change("a dropout of all") { $0.recipe.dropout = 1 },
    Change("a negative zoneout") { $0.recipe.structure?.regularization.hiddenZoneout = -0.5 },
    Change("a layer dropout of all") { $0.recipe.structure?.layerDropout = 1 },
    Change("more sweeps than layers") { $0.recipe.structure?.sweeps = 3 },
    Change("sweeps below 0") { $0.recipe.structure?.sweeps = -1 },
    Change("a projection to more") { $0.recipe.structure?.projectionSize = 7 },
  ]

  @Test(arguments: changes)
  func `a record of what cannot be asked for is refused`(change: Change) throws {
    var record = Self.record()
    change.make(&record)
    let error = #expect(throws: CommandFailure.self) { try read(record) }
    #expect(
      error?.description
        == "run.json: is not the record of a run; it is damaged or of another version"
    )
  }

  @Test func `a model made by a record belongs to it`() throws {
    let record = try read(Self.record())
    let model = try #require(
      record.recipe.model(steps: 28, features: 28, classes: 2, seed: record.seed)
    )
    #expect(TrainedRun.isModel(model, of: record))
    var other = record
    other.features = 27
    #expect(!TrainedRun.isModel(model, of: other))
  }
}
