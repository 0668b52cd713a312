import ArgumentParser
import Recurrent
import RecurrentData

/// `recurrent replay`: a training run as it was before one of its steps.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Rebuild a run as it was before one of its steps, or find where a NaN came from.",
    discussion: """
      Trains again from the nearest checkpoint before the step, to the same bits. The run's folder \
      is only read.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Option(
    parsing: .unconditional,
    help:
      "The step, counted from 1 over all epochs. With --find-nan the default is the first that fails."
  )
  var step: Int?

  @Flag(
    help: "Name the layer, unit, time step and example where the step's first NaN or infinity is."
  )
  var findNan = false

  @Option(help: ArgumentHelp("Keep the state before the step as a checkpoint.", valueName: "file"))
  var save: String?

  @Option(help: "A folder with the data set's four IDX files, plain or gzip.")
  var data: String?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    guard step != nil || findNan else {
      throw ValidationError("replay needs a step, such as --step 100, or --find-nan")
    }
    try checkCount("--step", step, 1...1_000_000_000_000)
  }

  func run() async throws {
    let folder = try RunFolder(existing: run, orBegun: true)
    let stored = try StoredRun(folder, atMost: step.map { $0 - 1 } ?? .max)
    var replay = RunReplay(
      try ContinuedRun(
        folder,
        stored: stored,
        splits: await stored.record.data.moved(to: data).load(for: stored.record.recipe),
        threads: threads
      )
    )
    for remark in stored.remarks { print(remark) }
    if let step, step > replay.stepCount {
      throw CommandFailure(
        "--step is \(step); the run has steps 1 to \(replay.stepCount), \(replay.stepsOfEpoch) an epoch"
      )
    }
    let trainer = replay.run.trainer
    let first = trainer.stepCount
    let target = step.map { $0 - 1 } ?? replay.stepCount
    let progress = ProgressLine()
    defer { progress.clear() }
    do throws(RunReplay.Ending) {
      try replay.advance(to: target) { _ in
        progress.show("step \(trainer.stepCount) of \(target)")
      }
    } catch {
      guard step == nil, case .notFinite = error else {
        throw CommandFailure(words(for: error, of: replay))
      }
    }
    progress.clear()
    guard trainer.stepCount < replay.stepCount else {
      print("All \(replay.stepCount) steps gave finite numbers.")
      return
    }
    describe(replay, from: first)
    if let save {
      try Checkpoint(trainer.state).write(to: save)
      print("Kept as \(save)")
    }
    try takeStep(replay)
  }

  /// What the state before the step is.
  private func describe(_ replay: RunReplay, from first: Int) {
    let trainer = replay.run.trainer
    let (next, steps) = (trainer.stepCount + 1, replay.stepsOfEpoch)
    let again = trainer.stepCount - first
    print(
      """
      Before step \(next) of \(replay.stepCount), step \((next - 1) % steps + 1) of \(steps) in epoch \
      \((next - 1) / steps + 1): \(again) step\(again == 1 ? "" : "s") trained again from \
      \(first == 0 ? "the beginning" : "the checkpoint of step \(first)")
      Weights: \(trainer.model.parameterCount) numbers, as a model's file of SHA-256 \
      \(SHA256Digest.hexadecimal(of: trainer.model.safetensors.bytes))
      """
    )
  }

  /// Takes the step, and says what came of it.
  private func takeStep(_ replay: RunReplay) throws {
    let (trainer, training) = (replay.run.trainer, replay.run.splits.training)
    let batch = trainer.nextBatch(of: training)
    let names = batch.prefix(8).map { "\($0)" } + (batch.count > 8 ? ["..."] : [])
    print("Its \(batch.count) examples: \(names.joined(separator: ", "))")
    if findNan, let origin = trainer.nonFiniteOriginOfNextStep(on: training) {
      let isUpdated = origin.stage == .parameter && trainer.stepCount > 0
      let hint = isUpdated ? " (it came of the update of step \(trainer.stepCount))" : ""
      print("The first that is not finite: \(origin)\(hint)")
      return
    }
    do throws(TrainingError) {
      var cost = 0.0
      _ = try trainer.trainEpoch(on: training) { report in
        cost = report.cost
        trainer.pause()
      }
      print("Its loss: \(cost)")
    } catch {
      print("The step fails: \(error)\(findNan ? "" : "; --find-nan says where it came from")")
      return
    }
    guard findNan else { return }
    if let origin = trainer.nonFiniteOriginOfNextStep(on: training), origin.stage == .parameter {
      print("The first that is not finite: \(origin), after the step's update")
    } else {
      print("Every number of the step is finite, and so are the weights after it.")
    }
  }

  private func words(for ending: RunReplay.Ending, of replay: RunReplay) -> String {
    switch ending {
    case .notFinite(let step, let error):
      return """
        training ended at step \(step): the \((error.quantity ?? .loss).rawValue) was not finite; use --step \
        \(step), or less
        """
    case .validation(let step):
      let place = findNan ? replay.nonFiniteValidation.map { ": \($0)" } ?? "" : ""
      return """
        training ended after step \(step): the validation cost was not finite\(place); use --step \
        \(step), or less
        """
    case .stopped(let step):
      return "training was stopped early after step \(step); use --step \(step), or less"
    }
  }
}
