import ArgumentParser
import Recurrent
import RecurrentData

/// `recurrent quantize`: what a trained model loses, and gains, with weights in 8 bits.
struct QuantizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Measure what a model loses when its weights are kept in 8 bits.",
    discussion: """
      Examples of the run's own data are read step by step, with weights as they were trained and with \
      weights in 8 bits, and the answers are compared one by one. A program asks for such weights by \
      StreamingModel(model, weights: .int8), and recurrent-server by --weights int8: the run's files \
      stay as they are.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Option(help: "Which examples: test or validation. Default: test, where there are some.")
  var on: EvaluateCommand.Part?

  @Option(
    help: ArgumentHelp("Where the run's data are now, if they were moved.", valueName: "place")
  )
  var data: String?

  @Option(help: ArgumentHelp("Keep the numbers as JSON.", valueName: "file"))
  var json: String?

  func validate() throws {
    try Program.checkEnvironment()
    try BenchFiles(json: json).validate()
  }

  func run() async throws {
    try BenchFiles(json: json).check()
    let folder = try RunFolder(existing: self.run)
    let trained = try TrainedRun(self.run)
    let data = try await trained.ownData(at: self.data)
    let (dataset, part) = try data.part(on, of: trained.record.data.title)
    let record: QuantizationRecord
    do {
      record = try QuantizationRecord(
        of: Int8Report(of: trained.model, on: dataset),
        run: folder.name,
        data: trained.record.data.title,
        part: part,
        examples: dataset.count,
        times: try times(of: trained.model),
        answersAreClasses: dataset.answersAreClasses
      )
    } catch {
      throw CommandFailure("\(folder.path): \(error)")
    }
    guard record.largestDifference.isFinite else {
      throw CommandFailure(
        "\(folder.model): an answer is no number; its parameters are too large, train it again"
      )
    }
    for line in record.lines { print(line) }
    if let json {
      try WholeFile.write(Array(record.json().utf8), to: json)
      print("Written: \(json)")
    }
  }

  /// How long a step takes either way, one after the other.
  private func times(
    of model: SequenceModel
  ) throws(StreamingError) -> QuantizationRecord.Times {
    let measurement = StepMeasurement(seconds: 0.5)
    return QuantizationRecord.Times(
      float32: measurement.times(of: try StreamingModel(model)),
      int8: measurement.times(of: try StreamingModel(model, weights: .int8))
    )
  }
}
