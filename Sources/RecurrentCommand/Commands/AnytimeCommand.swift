import ArgumentParser
import Recurrent
import RecurrentData
import RecurrentReports

/// `recurrent anytime`: how right and how sure a model is before it has read everything.
struct AnytimeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anytime",
    abstract: "Measure how early a model that tells classes could have decided.",
    discussion: """
      The model is asked after each step what it would answer if the sequence ended there. How sure \
      it is is calibrated by the run's validation examples, one temperature for each number of steps. \
      Examples that are measured themselves, or have no others to be calibrated by, are calibrated by \
      every other one of each class, and the rest are measured. A chart and all numbers are left in \
      the run's folder, anytime.svg and anytime.json.
      """
  )

  /// The probabilities at which it is always told what deciding comes to.
  private static let usualThresholds = [0.9, 0.95, 0.99, 0.999]

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Option(help: "Which examples: test or validation. Default: test, where there are some.")
  var on: EvaluateCommand.Part?

  @Option(parsing: .unconditional, help: "How sure to be before deciding, up to 1.")
  var sure = 0.99

  @Option(
    parsing: .unconditional,
    help: "How many examples to measure, and how many to calibrate by."
  )
  var examples = 10_000

  @Option(
    help: ArgumentHelp("Where the run's data are now, if they were moved.", valueName: "place")
  )
  var data: String?

  @Option(
    help: ArgumentHelp(
      "A folder to make for the chart and the numbers. Default: the run's.",
      valueName: "folder"
    )
  )
  var output: String?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    try checkCount("--examples", examples, 1...10_000_000)
    guard sure > 0 && sure <= 1 else {
      throw ValidationError("--sure is \(sure); use a number above 0 and up to 1, such as 0.99")
    }
    if let output { try ResultFolder.checkFree(output) }
  }

  func run() async throws {
    let run = try RunFolder(existing: self.run)
    let trained = try TrainedRun(self.run)
    let task = trained.record.data.task
    guard task == .classify else {
      throw CommandFailure(
        """
        \(run.path): the run learned to \(task.words); 'recurrent anytime' is for runs that learned \
        to \(LearningTask.classify.words)
        """
      )
    }
    let data = try await trained.ownData(at: self.data)
    let (judged, part) = try data.part(on, of: trained.record.data.title)
    let others = part == EvaluateCommand.Part.test.rawValue ? data.validation : nil
    let (measured, calibrating) = try answers(of: trained.model, judged, others, run)
    let record = AnytimeRecord(
      of: AnytimeCurve(of: measured, calibratedBy: StepCalibration(fittedTo: calibrating)),
      run: run.name,
      data: trained.record.data.title,
      part: part,
      calibration: others == nil ? "other \(part)" : "validation",
      calibrationCount: calibrating.labels.count,
      sure: sure,
      thresholds: Set(Self.usualThresholds + [sure]).sorted()
    )
    let folder = try ResultFolder(new: output, otherwise: run)
    try folder.write(record.chart.svg, as: "anytime.svg")
    try folder.write(try record.json(), as: "anytime.json")
    for line in record.lines { print(line) }
    print("Chart and numbers: \(folder.path)/anytime.svg, anytime.json")
  }

  /// The answers that are measured, and those that are calibrated by.
  private func answers(
    of model: SequenceModel,
    _ judged: SequenceDataset,
    _ others: SequenceDataset?,
    _ run: RunFolder
  ) throws -> (measured: StepAnswers, calibrating: StepAnswers) {
    func answers(_ dataset: SequenceDataset, atMost count: Int) throws -> StepAnswers {
      let answers = model.answersAfterEachStep(
        in: dataset,
        at: dataset.places(atMost: count),
        threads: threads
      )
      guard answers.areFinite else {
        throw CommandFailure(
          "\(run.model): an answer is no number; its parameters are too large, train it again"
        )
      }
      return answers
    }
    if let others {
      return (try answers(judged, atMost: examples), try answers(others, atMost: examples))
    }
    let halves = try answers(judged, atMost: 2 * examples).halves
    guard let measured = halves.second else {
      throw CommandFailure(
        "\(run.path): has too few examples to calibrate by some and measure others"
      )
    }
    return (measured, halves.first)
  }
}
