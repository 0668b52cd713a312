import Foundation
import Recurrent
import RecurrentData

/// One run of training: what it prints, and what it leaves in its folder.
struct TrainingSession {
  let splits: DataSplits
  let threads: Int
  let folder: RunFolder
  let trainer: Trainer<SequenceModel>
  let interruption: Interruption
  private let progress = ProgressLine()
  /// Where a run that was begun is gone on with; nil for a new one.
  let beginning: ContinuedRun.Beginning?
  var checkpoints: RunCheckpoints
  var record: RunRecord
  /// The model that is saved and tested: the last epoch's, or the best one's.
  var kept: SequenceModel
  var stopping: EarlyStopping?
  /// Whether what was last to be written could not be.
  var isUnsaved = false
  /// How long this process spent on saving.
  var savingSeconds = 0.0

  /// Begins a run.
  init(
    selection: DataSelection,
    splits: DataSplits,
    model: SequenceModel,
    recipe: Recipe,
    seed: UInt64,
    threads: Int,
    folder: RunFolder,
    checkpoints: CheckpointOptions
  ) {
    self.splits = splits
    self.threads = threads
    self.folder = folder
    self.checkpoints = RunCheckpoints(in: folder, checkpoints)
    kept = model
    trainer = recipe.trainer(of: kept, seed: seed, threads: threads)
    stopping = recipe.patience.map { EarlyStopping(patience: $0) }
    interruption = Interruption()
    beginning = nil
    record = RunRecord(
      data: selection,
      dataFingerprint: splits.fingerprint,
      trainingCount: splits.training.count,
      validationCount: splits.validation.count,
      testCount: splits.test.count,
      dataset: splits.training,
      recipe: recipe,
      seed: seed,
      threads: threads
    )
  }

  /// Goes on with a run.
  init(_ run: ContinuedRun, checkpoints: CheckpointOptions) {
    splits = run.splits
    threads = run.record.threads
    folder = run.folder
    self.checkpoints = RunCheckpoints(in: folder, checkpoints)
    kept = run.kept
    trainer = run.trainer
    stopping = run.stopping
    interruption = Interruption()
    beginning = run.beginning
    record = run.record
  }

  /// Trains, tests, and writes everything.
  mutating func run() throws {
    describe()
    try begin()
    let clock = ContinuousClock()
    let start = clock.now
    let stepsBefore = trainer.state.step
    let secondsBefore = record.epochs.reduce(0) { $0 + $1.seconds }
    while trainer.state.finishedEpochs < record.recipe.epochs, stopping?.shouldStop != true {
      try trainEpoch(startedAt: start, after: stepsBefore)
      if !trainer.state.isWithinEpoch { try save() }
      try endIfInterrupted()
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
    let test = kept.evaluate(on: splits.test, threads: threads)
    guard test.cost.isFinite else {
      throw divergence(test.cost, "after the last epoch, on the test examples")
    }
    record.test = RunRecord.TestResult(
      accuracy: test.accuracy,
      cost: test.cost,
      count: splits.test.count
    )
    do {
      try RunPictures(record: record, evaluation: test, test: splits.test).write(to: folder)
      // Last, since it is the record that says that the run came to its end.
      try saveFiles(isFlushed: true)
    } catch {
      throw CommandFailure("\(error); then finish with '\(resumeCommand)'")
    }
    printTest(test, heading: "Test")
    print("Run folder: \(folder.path) (open \(folder.report) in a browser)")
    if let signal = interruption.receivedSignal {
      throw Interruption.Ended(
        signal: signal,
        description: "interrupted at its end: nothing is left to do"
      )
    }
  }

  private func describe() {
    let recipe = record.recipe
    print(
      """
      Learning \(record.data.name.title): \(splits.training.count) examples to train, \
      \(splits.validation.count) to validate, \(splits.test.count) to test, \
      each \(record.steps) steps of \(record.features)
      \(recipe.modelText), \
      \(kept.parameterCount) parameters; \(recipe.optimizer.rawValue), \
      learning rate \(recipe.learningRate), batch \(recipe.batchSize), seed \(record.seed), \
      \(threads) thread\(threads == 1 ? "" : "s"), \(record.instructionSet)\
      \(recipe.precision.map { ", \($0.rawValue)" } ?? "")
      """
    )
    if let parts = recipe.structure?.parts { print("Layers: \(parts.joined(separator: ", "))") }
    if let augmentation = recipe.augmentation { print("Augmentation: \(augmentation)") }
    beginning?.print()
  }

  private mutating func trainEpoch(
    startedAt start: ContinuousClock.Instant,
    after stepsBefore: Int
  ) throws {
    let epochs = record.recipe.epochs
    let progress = progress
    defer { progress.clear() }
    var steps = 0
    let report: EpochReport
    do {
      report = try trainer.trainEpoch(on: splits.training) { step in
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
      throw divergence(
        error.value,
        "at epoch \(error.epoch), step \(error.step)",
        of: error.quantity
      )
    }
    guard report.isFinished else { return }
    let model = trainer.averagedModel ?? trainer.model
    let validation = model.evaluate(on: splits.validation, threads: threads)
    progress.clear()
    guard validation.cost.isFinite else {
      throw divergence(
        validation.cost,
        "after epoch \(report.epoch), step \(steps), on the validation examples"
      )
    }
    trainer.observe(validation.cost)
    if stopping?.observe(validation.cost) ?? true { kept = model }
    record.bestEpoch = stopping?.bestEpoch
    record.epochs.append(
      RunRecord.Epoch(
        epoch: report.epoch,
        cost: report.averageCost,
        trainingAccuracy: report.accuracy,
        validationAccuracy: validation.accuracy,
        validationCost: validation.cost,
        seconds: report.seconds,
        examplesPerSecond: report.examplesPerSecond
      )
    )
    let number =
      String(repeating: "0", count: max(0, 4 - "\(report.epoch)".count)) + "\(report.epoch)"
    print(
      """
      Epoch: \(number) cost=\(decimals(report.averageCost, 9)) \
      training=\(decimals(report.accuracy, 4)) validation=\(decimals(validation.accuracy, 4))
      """
    )
    // A reader of a pipe sees each epoch when it ends; one that is gone ends the run.
    if !flushOutput() { interruption.noteClosedOutput() }
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

/// Prints accuracy, cost and the most frequent confusions.
func printTest(_ evaluation: Evaluation, heading: String) {
  let confusion = evaluation.confusion
  print(
    """
    \(heading) accuracy: \(percent(evaluation.accuracy)) of \(confusion.total) examples, \
    cost \(decimals(evaluation.cost, 4))
    """
  )
  let worst = confusion.confusions.prefix(3).map { item in
    "\(confusion.classNames[item.truth]) read as \(confusion.classNames[item.predicted]) (\(item.count))"
  }
  if !worst.isEmpty { print("Worst confusions: \(worst.joined(separator: ", "))") }
}
