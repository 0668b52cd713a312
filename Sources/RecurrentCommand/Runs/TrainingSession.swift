import Foundation
import Recurrent
import RecurrentData

/// One run of training: what it prints, and what it leaves in its folder.
struct TrainingSession {
  private let splits: DataSplits
  private let threads: Int
  private let folder: RunFolder
  private let trainer: Trainer<SequenceModel>
  private let progress = ProgressLine()
  private var record: RunRecord
  /// The model that is saved and tested: the last epoch's, or the best one's.
  private var kept: SequenceModel
  private var stopping: EarlyStopping?

  init(
    selection: DataSelection,
    splits: DataSplits,
    model: SequenceModel,
    recipe: Recipe,
    seed: UInt64,
    threads: Int,
    folder: RunFolder
  ) {
    self.splits = splits
    self.threads = threads
    self.folder = folder
    kept = model
    trainer = recipe.trainer(of: kept, seed: seed, threads: threads)
    stopping = recipe.patience.map { EarlyStopping(patience: $0) }
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

  /// Trains, tests, and writes everything.
  mutating func run() throws {
    describe()
    do {
      try save()
    } catch {
      folder.remove()
      throw error
    }
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<record.recipe.epochs {
      try trainEpoch(startedAt: start)
      try save()
      if stopping?.shouldStop == true { break }
    }
    print("Training took \(duration((clock.now - start) / .seconds(1))).")
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
    try save()
    try RunPictures(record: record, evaluation: test, test: splits.test).write(to: folder)
    printTest(test, heading: "Test")
    print("Run folder: \(folder.path) (open \(folder.report) in a browser)")
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
  }

  private mutating func trainEpoch(startedAt start: ContinuousClock.Instant) throws {
    let epochs = record.recipe.epochs
    let progress = progress
    defer { progress.clear() }
    var steps = 0
    let report: EpochReport
    do {
      report = try trainer.trainEpoch(on: splits.training) { step in
        steps = step.steps
        progress.show(Self.progressText(step, of: epochs, startedAt: start))
      }
    } catch {
      throw divergence(
        error.value,
        "at epoch \(error.epoch), step \(error.step)",
        of: error.quantity
      )
    }
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
    // A reader of a pipe sees each epoch when it ends.
    flushOutput()
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
      (\(folder.model) is the model \(epochs == 0 ? "before training" : "after epoch \(epochs)"))
      """
    )
  }

  private static func progressText(
    _ step: StepReport,
    of epochs: Int,
    startedAt start: ContinuousClock.Instant
  ) -> String {
    let done = Double((step.epoch - 1) * step.steps + step.step)
    let share = done / Double(epochs * step.steps)
    let spent = (ContinuousClock.now - start) / .seconds(1)
    let speed = Int(step.epochSoFar.examplesPerSecond.rounded())
    return """
      epoch \(step.epoch)/\(epochs) \(progressBar(Double(step.step) / Double(step.steps))) \
      loss \(decimals(step.cost, 4))  \(speed) examples/s  \(duration(spent / share - spent)) left
      """
  }

  private func save() throws {
    try kept.write(to: folder.model)
    try folder.write(record.metricsTable, to: folder.metrics)
    try folder.write(record.json(), to: folder.record)
  }
}

/// Hands buffered output on.
func flushOutput() { fflush(nil) }

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
