import ArgumentParser
import Recurrent
import RecurrentData

/// `recurrent evaluate`: how well a trained model reads a data set.
struct EvaluateCommand: AsyncParsableCommand {
  /// A part of a data set.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    /// The examples kept for the end.
    case test
    /// The examples a run is watched by.
    case validation
  }

  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on test or validation examples.",
    discussion: """
      By default the examples are those the run was trained beside. Another data set of the same \
      shape can be named: a model that learned drawn digits can be tried on MNIST. A file of a model \
      that another program wrote (safetensors, .npz, .h5, .keras, .onnx) is measured on the data set \
      named with --dataset.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder; or a file of a model.")
  var run: String

  @Option(help: "Which examples: test or validation. Default: test, where there are some.")
  var on: Part?

  @Option(
    help: """
      Another data set than the run's own: digits, mnist, fashion-mnist, a task for the memory, or a \
      file.
      """,
    transform: { try DataArgument($0) }
  )
  var dataset: DataArgument?

  @Option(
    help: ArgumentHelp(
      "A folder with the data set's four IDX files, plain or gzip, or where the run's file is now.",
      valueName: "place"
    )
  )
  var data: String?

  @Option(
    parsing: .unconditional,
    help: "How many steps back a task for the memory asks for. Default: as many as the run's own."
  )
  var lag: Int?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
  }

  func run() async throws {
    if let file = ModelSource.file(self.run) {
      return try await evaluate(file: file)
    }
    let trained = try TrainedRun(self.run)
    let selection = try selection(beside: trained.record.data)
    let task = trained.record.data.task
    guard selection.task == task else {
      throw CommandFailure(
        "the run learned to \(task.words), which \(selection.title) is not for"
      )
    }
    let (examples, data) = try await examples(selection, beside: trained)
    let outcome = try RunOutcome(
      of: trained.model,
      task,
      on: examples.judged,
      of: data,
      threads: threads
    )
    outcome.print(heading: "\(selection.title) \(examples.name)")
    Assessment(
      of: trained.model,
      on: examples,
      outcome: outcome,
      batchSize: trained.record.recipe.batchSize,
      seed: trained.record.seed,
      threads: threads
    ).print()
  }

  private func examples(
    _ selection: DataSelection,
    beside trained: TrainedRun
  ) async throws -> (examples: AssessedExamples, data: RunData) {
    let record = trained.record
    let data = try await selection.load(
      for: record.recipe,
      // Of its own data a run's preparation comes out the same, but that a table names its columns.
      preparedBy: dataset == nil && trained.preparation?.table == nil ? nil : trained.preparation
    )
    if dataset == nil && data.fingerprint != record.dataFingerprint {
      throw CommandFailure(
        """
        the \(selection.title) examples are not those the run was trained beside \
        (SHA-256 \(data.fingerprint.prefix(12))..., then \
        \(record.dataFingerprint.prefix(12))...); name them with --dataset to use them anyway
        """
      )
    }
    let part = on ?? (data.test == nil ? .validation : .test)
    guard let examples = part == .test ? data.test : data.validation else {
      throw CommandFailure("\(selection.title) has no test examples; use --on validation")
    }
    guard examples.features == record.features,
      examples.steps == record.steps || trained.model.reading == .rows,
      examples.outputNames.count == record.classNames.count
    else {
      throw CommandFailure(
        """
        \(selection.title) has \(examples.features) features a step and \
        \(examples.outputNames.count) classes, the run \(record.features) and \
        \(record.classNames.count)
        """
      )
    }
    guard record.data.path == nil || examples.outputNames == record.classNames else {
      throw CommandFailure(
        """
        \(selection.title) answers with \(examples.outputNames.prefix(10).joined(separator: ", ")), the \
        run with \(record.classNames.prefix(10).joined(separator: ", "))
        """
      )
    }
    let validation = part == .test ? data.validation : nil
    let assessed = AssessedExamples(
      judged: examples,
      name: part.rawValue,
      training: data.training,
      others: validation.map { [(Part.validation.rawValue, $0)] } ?? [],
      isOwnTraining: dataset == nil,
      areImages: selection.name.areImages,
      preparation: data.preparation?.series
    )
    return (assessed, data)
  }

  /// The run's own data, unless another data set or folder is named.
  private func selection(beside own: DataSelection) throws -> DataSelection {
    try (dataset?.name ?? own.name).checkLag(lag)
    guard let dataset else {
      if let lag, lag != own.lag {
        throw ValidationError(
          "the run learned at lag \(own.lag ?? lag); add --dataset \(own.name.rawValue) to try another"
        )
      }
      guard own.name != .digits || data == nil else {
        throw ValidationError(
          "--data needs --dataset mnist or fashion-mnist; this run's digits are drawn"
        )
      }
      return try own.moved(to: data)
    }
    if data != nil && !dataset.name.isDownloaded {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
    guard let path = dataset.path else {
      var selection = DataSelection(name: dataset.name, folder: data)
      guard dataset.name.memoryTask != nil else { return selection }
      selection.lag = lag ?? own.lag ?? DataSelection.usualLag
      selection.drawnCount = own.drawnCount
      return selection
    }
    var selection = own
    selection.name = dataset.name
    selection.testPath = nil
    return try selection.moved(to: path)
  }
}
