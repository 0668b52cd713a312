import Foundation
import Recurrent
import RecurrentData

/// Folders of runs of models with random weights, which exist as long as this object does.
final class RunFolders: Sendable {
  private let parent: URL

  /// Where they are.
  var path: String { parent.path }

  init() throws {
    parent = FileManager.default.temporaryDirectory
      .appendingPathComponent("recurrent-server-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: parent) }

  /// Makes a run.
  func run(
    _ name: String,
    _ model: SequenceModel,
    data: String,
    preparation: InputPreparation? = nil,
    steps: Int,
    features: Int,
    outputs: [String]
  ) throws -> FinishedRun {
    let folder = parent.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var file = model.safetensors
    if let preparation {
      file.metadata["preparation"] = String(
        decoding: try JSONEncoder().encode(preparation),
        as: UTF8.self
      )
    }
    try file.write(to: folder.appendingPathComponent("model.safetensors").path)
    let names = String(decoding: try JSONEncoder().encode(outputs), as: UTF8.self)
    let record =
      #"{"data":\#(data),"steps":\#(steps),"features":\#(features),"classNames":\#(names)}"#
    try Data(record.utf8).write(to: folder.appendingPathComponent("run.json"))
    return try FinishedRun(at: folder.path)
  }

  /// Reads images of 28 rows of 28 pixels.
  func digits(_ name: String = "digits", seed: UInt64 = 1) throws -> FinishedRun {
    try run(
      name,
      .lstm(inputSize: 28, hiddenSize: 24, classes: 10, seed: seed),
      data: #"{"name":"digits"}"#,
      steps: 28,
      features: 28,
      outputs: (0...9).map { "\($0)" }
    )
  }

  /// Reads both ways, and tells numbers.
  func bothWays() throws -> FinishedRun {
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 77))
    let model = SequenceModel(
      layers: [
        Bidirectional(
          forward: GRU(inputSize: 2, hiddenSize: 6, using: &stream),
          backward: {
            var layer = GRU(inputSize: 2, hiddenSize: 6, using: &stream)
            layer.isReversed = true
            return layer
          }()
        )
      ],
      head: Dense(inputSize: 12, outputSize: 1, using: &stream)
    )
    return try run(
      "adding",
      model,
      data: #"{"name":"adding"}"#,
      steps: 50,
      features: 2,
      outputs: ["sum"]
    )
  }

  /// Tells the class of series of two variables.
  func series(timesPerStep: Int = 1) throws -> FinishedRun {
    var numbers = SeededNumbers(3)
    let preparation = SeriesPreparation(
      of: [numbers.floats(40), numbers.floats(60)],
      variables: 2,
      SeriesPreparation.Choice(timesPerStep: timesPerStep, hasDifferences: true)
    )
    return try run(
      "series-\(timesPerStep)",
      .lstm(inputSize: preparation.features, hiddenSize: 8, classes: 3, seed: 4),
      data: #"{"name":"series"}"#,
      preparation: .series(preparation),
      steps: 30 / timesPerStep,
      features: preparation.features,
      outputs: ["a", "b", "c"]
    )
  }

  /// Tells the class of each step.
  func labels() throws -> FinishedRun {
    var stream = RandomStream(seed: 9, purpose: .init(rawValue: 77))
    let model = SequenceModel(
      layers: [LSTM(inputSize: 1, hiddenSize: 7, using: &stream)],
      summary: .allOutputs,
      head: Dense(inputSize: 7, outputSize: 2, using: &stream)
    )
    return try run(
      "parity",
      model,
      data: #"{"name":"parity"}"#,
      steps: 20,
      features: 1,
      outputs: ["even", "odd"]
    )
  }

  /// Goes on with series of two variables.
  func forecast() throws -> FinishedRun {
    var numbers = SeededNumbers(8)
    var stream = RandomStream(seed: 6, purpose: .init(rawValue: 77))
    let preparation = ForecastPreparation(
      of: [LongSeries(values: numbers.floats(80), variables: 2)],
      variables: ["x", "y"],
      season: 1,
      window: 16,
      ForecastPreparation.Choice(differences: .first)
    )
    let model = SequenceModel(
      layers: [LSTM(inputSize: 2, hiddenSize: 7, using: &stream)],
      summary: .allOutputs,
      head: Dense(inputSize: 7, outputSize: 2, using: &stream)
    )
    return try run(
      "forecast",
      model,
      data: #"{"name":"series","seriesTask":"forecast","horizon":3}"#,
      preparation: .forecast(preparation, table: nil),
      steps: 16,
      features: 2,
      outputs: ["x", "y"]
    )
  }

  /// Writes with nine characters.
  func text() throws -> FinishedRun {
    let vocabulary = ["\n", " ", "a", "b", "c", "d", "e", "é", "\u{1F600}"]
    var stream = RandomStream(seed: 7, purpose: .init(rawValue: 77))
    let model = SequenceModel(
      layers: [LSTM(inputSize: 9, hiddenSize: 12, using: &stream)],
      summary: .allOutputs,
      head: Dense(inputSize: 12, outputSize: 9, using: &stream)
    )
    return try run(
      "text",
      model,
      data: #"{"name":"text","path":"/text.txt"}"#,
      preparation: .text(TextPreparation(unit: .characters, vocabulary: vocabulary)),
      steps: 32,
      features: 9,
      outputs: vocabulary
    )
  }

  /// One of each.
  func all() throws -> [FinishedRun] {
    [try digits(), try bothWays(), try series(), try labels(), try forecast(), try text()]
  }
}
