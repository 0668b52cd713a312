import Foundation
import Recurrent
import RecurrentData
import RecurrentReports

/// One run of training: what it prints, and what it leaves in its folder.
struct TrainingSession {
  let data: RunData
  let threads: Int
  /// The processes that share the training, of which this is the first; nil for this one alone.
  let processes: ProcessGroup?
  let folder: RunFolder
  let trainer: Trainer<SequenceModel>
  let interruption: Interruption
  private let progress = ProgressLine()
  /// Where a run that was begun is gone on with; nil for a new one.
  let beginning: ContinuedRun.Beginning?
  var checkpoints: RunCheckpoints
  /// Whether TensorBoard is to be shown the run.
  let hasBoard: Bool
  /// What it is shown; nil before the beginning, and after it could not be written.
  var board: TrainingBoard?
  var record: RunRecord
  /// The model that is saved and tested: the last epoch's, or the best one's.
  var kept: SequenceModel
  var stopping: EarlyStopping?
  /// Whether what was last to be written could not be.
  var isUnsaved = false
  /// Whether the files are of an earlier epoch than the one that ended last.
  var isBehind = false
  /// How long this process spent on saving.
  var savingSeconds = 0.0
  /// How long of it before the last epoch was recorded.
  private var recordedSavingSeconds = 0.0

  /// Begins a run.
  init(
    selection: DataSelection,
    data: RunData,
    model: SequenceModel,
    recipe: Recipe,
    seed: UInt64,
    threads: Int,
    processes: ProcessGroup? = nil,
    folder: RunFolder,
    checkpoints: CheckpointOptions,
    hasBoard: Bool = false,
    interruption: Interruption? = nil
  ) {
    self.processes = processes
    self.data = data
    self.hasBoard = hasBoard
    self.threads = threads
    self.folder = folder
    self.checkpoints = RunCheckpoints(in: folder, checkpoints)
    kept = model
    trainer = recipe.trainer(of: kept, seed: seed, threads: threads, processes: processes)
    stopping = recipe.patience.map { EarlyStopping(patience: $0) }
    self.interruption = interruption ?? Interruption()
    beginning = nil
    record = RunRecord(
      of: selection,
      data: data,
      recipe: recipe,
      seed: seed,
      threads: threads,
      processes: processes?.count
    )
  }

  /// Goes on with a run.
  init(
    _ run: ContinuedRun,
    processes: ProcessGroup? = nil,
    checkpoints: CheckpointOptions,
    hasBoard: Bool = false,
    interruption: Interruption? = nil
  ) {
    self.processes = processes
    data = run.splits
    self.hasBoard = hasBoard || run.folder.hasEvents
    threads = run.record.threads
    folder = run.folder
    self.checkpoints = RunCheckpoints(in: folder, checkpoints)
    kept = run.kept
    trainer = run.trainer
    stopping = run.stopping
    self.interruption = interruption ?? Interruption()
    beginning = run.beginning
    record = run.record
  }

  /// Trains, tests, and writes everything.
  mutating func run() throws {
    interruption.beginTraining()
    describe()
    try begin()
    let clock = ContinuousClock()
    let start = clock.now
    let stepsBefore = trainer.state.step
    let secondsBefore = record.epochs.reduce(0) { $0 + $1.seconds }
    while trainer.state.finishedEpochs < record.recipe.epochs, stopping?.shouldStop != true {
      do {
        try trainEpoch(startedAt: start, after: stepsBefore)
      } catch {
        saveEpochsBehind()
        throw error
      }
      if !trainer.state.isWithinEpoch { try save() }
      try endIfInterrupted(by: agreedSignal())
    }
    print(
      """
      Training took \(duration(secondsBefore + (clock.now - start) / .seconds(1))), \
      \(decimals(savingSeconds, 2)) s of it to save.
      """
    )
    if let stopping {
      print(
        """
        \(stopping.shouldStop ? "Stopped early: the" : "The") validation cost was lowest after \
        epoch \(stopping.bestEpoch), whose model is kept.
        """
      )
    }
    try finish()
    print("Run folder: \(folder.path) (open \(folder.report) in a browser)")
    // Others wait for what comes next, and know of no signal.
    if processes == nil, let signal = interruption.receivedSignal {
      throw Interruption.Ended(
        signal: signal,
        description: "interrupted at its end: nothing is left to do"
      )
    }
  }

  /// Judges the model that is kept, and writes everything.
  private mutating func finish() throws {
    let outcome = try RunOutcome(
      of: kept,
      record.data.task,
      on: data.heldOut,
      of: data,
      threads: threads
    )
    guard outcome.result.cost.isFinite else {
      throw divergence(
        outcome.result.cost,
        "after the last epoch, on the \(data.heldOutName) examples"
      )
    }
    let assessment = assessment(of: outcome)
    record.test = outcome.result
    record.assessment = assessment
    do {
      try RunPictures(
        record: record,
        outcome: outcome,
        heldOut: data.heldOut,
        passages: passages
      ).write(to: folder)
      // Last, since it is the record that says that the run came to its end.
      try saveFiles(isFlushed: true)
    } catch {
      throw CommandFailure("\(error); then finish with '\(resumeCommand)'")
    }
    showMistakes(outcome)
    outcome.print(heading: data.heldOutName.capitalized)
    assessment.print()
  }

  /// What else says how good the model is that is kept.
  private func assessment(of outcome: RunOutcome) -> Assessment {
    // Without a test the validation examples are those that are judged on.
    let others = data.test == nil ? nil : data.validation
    return Assessment(
      of: kept,
      on: AssessedExamples(
        judged: data.heldOut,
        name: data.heldOutName,
        training: data.training,
        others: others.map { [("validation", $0)] } ?? [],
        areImages: record.data.name.areImages,
        preparation: data.preparation?.series
      ),
      outcome: outcome,
      batchSize: record.recipe.batchSize,
      seed: record.seed,
      threads: threads
    )
  }

  /// What a model of text writes at the end.
  private var passages: [RunReport.Passage] {
    guard case .text(let preparation) = data.preparation,
      let sampler = try? TokenSampler(
        kept,
        options: TokenSampler.Options(temperature: 0.8),
        seed: record.seed
      )
    else { return [] }
    var writer = TextWriter(sampler, preparation)
    writer.read(preparation.tokens(of: "\n").first.flatMap(\.self) ?? 0)
    return [
      RunReport.Passage(
        heading: "What the model writes",
        note: "1,000 tokens after the beginning of a line, drawn at temperature 0.8.",
        text: (0..<1000).map { _ in writer.next() }.joined()
      )
    ]
  }

  private func describe() {
    let recipe = record.recipe
    print("Learning \(record.data.title): \(sizes)")
    for remark in data.remarks { print(remark) }
    print(
      """
      \(recipe.modelText), \
      \(kept.parameterCount) parameters; \(recipe.optimizer.rawValue), \
      learning rate \(recipe.learningRate), batch \(recipe.batchSize), seed \(record.seed), \
      \(processes.map { "\($0.count) processes of " } ?? "")\
      \(threads) thread\(threads == 1 ? "" : "s"), \(record.instructionSet)\
      \(recipe.precision.map { ", \($0.rawValue)" } ?? "")
      """
    )
    if let parts = recipe.structure?.parts, !parts.isEmpty {
      print("Layers: \(parts.joined(separator: ", "))")
    }
    if let augmentation = recipe.augmentation { print("Augmentation: \(augmentation)") }
    beginning?.print()
  }

  /// How many examples there are of which size.
  private var sizes: String {
    if let stream = data.training.stream {
      let windows = data.training.count / stream.lanes
      return """
        \(stream.lanes) lanes of \(windows) windows of up to \(record.steps) steps
        """
    }
    let test = data.test.map { ", \($0.count) to test" } ?? ""
    let validation = data.validation.map { ", \($0.count) to validate" } ?? ""
    let shortest = data.training.lengths?.min().map { "\($0) to " } ?? ""
    return """
      \(data.training.count) examples to train\(validation)\(test), \
      each \(shortest)\(record.steps) steps of \(record.features)
      """
  }

  private mutating func trainEpoch(
    startedAt start: ContinuousClock.Instant,
    after stepsBefore: Int
  ) throws {
    let epochs = record.recipe.epochs
    let progress = progress
    defer { progress.clear() }
    var steps = 0
    let savingBefore = savingSeconds
    let report: EpochReport
    do throws(TrainingError) {
      report = try trainer.trainEpoch(on: data.training) { step in
        steps = step.steps
        progress.show(
          Self.progressText(step, of: epochs, startedAt: start, after: stepsBefore)
        )
        // The last step's state is written with what the epoch came to.
        if step.step == step.steps { return }
        if interruption.receivedSignal != nil {
          trainer.pause()
        } else if checkpoints.isDue(atStep: (step.epoch - 1) * step.steps + step.step) {
          progress.clear()
          writeCheckpoint()
        }
      }
    } catch {
      switch error.cause {
      case .notFinite(let quantity, let value):
        throw divergence(value, "at epoch \(error.epoch), step \(error.step)", of: quantity)
      case .lostProcess(let loss): throw ended(by: loss)
      }
    }
    guard report.isFinished else { return }
    let model = trainer.averagedModel ?? trainer.model
    let savingWithin = savingSeconds - savingBefore
    let clock = ContinuousClock()
    let validationStart = clock.now
    let validation = data.validation.map { dataset in
      // What a process that is gone would have compared is compared here; its loss is told when the epoch
      // is saved.
      (try? model.compare(with: dataset, threads: threads, sharedBy: processes))
        ?? model.compare(with: dataset, threads: threads)
    }
    let validating = (clock.now - validationStart) / .seconds(1)
    progress.clear()
    if let cost = validation?.cost, !cost.isFinite {
      throw divergence(
        cost,
        "after epoch \(report.epoch), step \(steps), on the validation examples"
      )
    }
    if let validation { trainer.observe(validation.cost) }
    let isBest = validation.flatMap { stopping?.observe($0.cost) } ?? true
    if isBest { kept = model }
    record.bestEpoch = stopping?.bestEpoch
    record.epochs.append(
      RunRecord.Epoch(
        report,
        validation,
        hasAccuracy: record.data.task.hasAccuracy,
        model: model,
        validating: data.validation == nil ? 0 : validating,
        saving: savingSeconds - recordedSavingSeconds,
        savingWithin: savingWithin
      )
    )
    recordedSavingSeconds = savingSeconds
    showEpoch(model)
    print(line(of: report, validation))
    // A reader of a pipe sees each epoch when it ends; one that is gone ends the run.
    if !flushOutput() { interruption.noteClosedOutput() }
  }

  /// What an epoch came to, in one line.
  private func line(of report: EpochReport, _ validation: AnswerComparison?) -> String {
    let number =
      String(repeating: "0", count: max(0, 4 - "\(report.epoch)".count)) + "\(report.epoch)"
    let start = "Epoch: \(number) cost=\(decimals(report.averageCost, 9))"
    switch record.data.task {
    case .regress, .forecast:
      return start + (validation.map { " validation=\(decimals($0.cost, 9))" } ?? "")
    case .classify, .label:
      let accuracy = validation.map { " validation=\(decimals($0.accuracy, 4))" } ?? ""
      return "\(start) training=\(decimals(report.accuracy, 4))\(accuracy)"
    case .languageModel:
      guard let validation else { return start }
      return """
        \(start) validation=\(decimals(validation.cost, 4)) nats, \
        \(decimals(validation.bits, 4)) bits, accuracy=\(decimals(validation.accuracy, 4))
        """
    }
  }

  /// What to say when a number is NaN or infinite; the folder then holds the model of the last save.
  private func divergence(
    _ value: Double,
    _ place: String,
    of quantity: TrainingError.Quantity = .loss
  ) -> CommandFailure {
    let recipe = record.recipe
    let clips = recipe.clip.map { $0 <= 1 } ?? false
    let epochs = stopping?.bestEpoch ?? record.epochs.count
    return CommandFailure(
      """
      the \(quantity.rawValue) became \(value.isNaN ? "NaN" : "infinite") \(place); \
      try a --learning-rate below \(recipe.learningRate)\(clips ? "" : " or --clip 1") \
      (\(folder.model) is the model \(epochs == 0 ? "before training" : "after epoch \(epochs)"); \
      'recurrent replay \(folder.argument) --find-nan' says where it came from)
      """
    )
  }

  private static func progressText(
    _ step: StepReport,
    of epochs: Int,
    startedAt start: ContinuousClock.Instant,
    after stepsBefore: Int
  ) -> String {
    let done = Double((step.epoch - 1) * step.steps + step.step - stepsBefore)
    let share = done / Double(epochs * step.steps - stepsBefore)
    let spent = (ContinuousClock.now - start) / .seconds(1)
    let speed = Int(step.epochSoFar.examplesPerSecond.rounded())
    return """
      epoch \(step.epoch)/\(epochs) \(progressBar(Double(step.step) / Double(step.steps))) \
      loss \(decimals(step.cost, 4))  \(speed) examples/s  \(duration(spent / share - spent)) left
      """
  }
}

/// Hands buffered output on; returns whether there is somebody to take it.
@discardableResult
func flushOutput() -> Bool { fflush(nil) == 0 || errno != EPIPE }
