import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent train`: the main job, from examples to a trained, tested and pictured model.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a recurrent network on images, on series, on tables, or on text.",
    discussion: """
      Without any option: an LSTM of 128 units learns digits drawn by code, read row by row. The run's \
      folder under runs/ gets the model, the numbers and a report to open in a browser.
      """
  )

  @OptionGroup
  var source: DataOptions

  @OptionGroup
  var choices: RecipeChoices

  @OptionGroup(title: "Checkpoints")
  var checkpoints: CheckpointOptions

  @Option(
    parsing: .unconditional,
    help: "What decides starting values, the order of examples and drawn digits. Default: 1."
  )
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: """
      Train so many runs, with the seed, the one after it, and so on; then tell their mean and how sure \
      it is. The same command goes on where it was interrupted.
      """
  )
  var seeds: Int?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work, of each process; the result does not depend on it."
  )
  var threads = LaunchedProcesses.usualThreads

  @Option(help: "The run's name under runs/, or a path. Default: made from the settings.")
  var run: String?

  @Option(
    help: ArgumentHelp(
      "Go on with a run that did not come to its end; its settings are those it was begun with.",
      valueName: "run"
    )
  )
  var resume: String?

  @Flag(
    help: """
      Show the run in TensorBoard, too: curves, histograms of gates, states and weights after each epoch, \
      and mistakes, in tensorboard/ in its folder. A run that is gone on with keeps doing so.
      """
  )
  var tensorboard = false

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    try checkCount("--seeds", seeds, 1...1_000)
    if resume != nil {
      guard seeds == nil else {
        throw ValidationError("--resume names one run; with --seeds, type the same command again")
      }
      guard run == nil else {
        throw ValidationError("--resume names the run; leave out --run")
      }
      return
    }
    try source.check(choices)
  }

  func run() async throws {
    let interruption = Interruption()
    interruption.wait(saying: "interrupted before training: there is nothing to save")
    if let processes = LaunchedProcesses.group, !processes.isFirst {
      return try await TrainingFollower(
        command: self,
        processes: processes,
        interruption: interruption
      ).run()
    }
    try await train(interruption)
    try LaunchedProcesses.group.map(ProcessOrder.end.send)
  }

  /// Trains what was asked for, as the only process or the first.
  private func train(_ interruption: Interruption) async throws {
    if let resume {
      try await goOn(
        with: RunFolder(existing: resume, orBegun: true),
        seed: seed,
        interruption: interruption
      )
    } else if let seeds {
      try await train(seeds: seeds, interruption)
    } else {
      try await begin(seed: seed ?? 1, as: run, interruption: interruption)
    }
  }

  /// Plans a run, loads its examples, and draws its model's starting values.
  func plannedRun(
    seed: UInt64
  ) async throws -> (plan: PlannedRun, data: RunData, model: SequenceModel) {
    var plan = try PlannedRun(source, choices, seed: seed)
    plan.replacePrecision()
    let data = try await plan.load(seed: seed, threads: threads)
    return (plan, data, try plan.model(for: data, seed: seed))
  }

  /// Trains a new run; without a name it gets one made from the settings.
  @discardableResult
  func begin(
    seed: UInt64,
    as name: String?,
    interruption: Interruption
  ) async throws -> RunRecord {
    if let name { try RunFolder.freePath(of: name) }
    let processes = LaunchedProcesses.group
    if let processes {
      try ProcessOrder.begin(seedsAfter: seed &- (self.seed ?? 1)).send(to: processes)
    }
    var made: RunFolder?
    let (plan, data, model, folder, lock): (PlannedRun, RunData, SequenceModel, RunFolder, FileLock)
    do {
      (plan, data, model, folder, lock) = try await ProcessGroup.agreed(by: processes) {
        let (plan, data, model) = try await plannedRun(seed: seed)
        let folder = try RunFolder(new: name, otherwise: Self.name(of: plan))
        made = folder
        let record = RunRecord(
          of: plan.selection,
          data: data,
          recipe: plan.recipe,
          seed: seed,
          threads: threads
        )
        return (record, (plan, data, model, folder, try folder.lock()))
      }
    } catch let refusal as ProcessRefusal {
      made?.remove()
      throw refusal
    }
    var session = TrainingSession(
      selection: plan.selection,
      data: data,
      model: model,
      recipe: plan.recipe,
      seed: seed,
      threads: threads,
      processes: processes,
      folder: folder,
      checkpoints: checkpoints,
      hasBoard: tensorboard,
      interruption: interruption
    )
    defer { withExtendedLifetime(lock) {} }
    try session.run()
    return session.record
  }

  /// The name of a run that none was given for.
  static func name(of plan: PlannedRun) -> String {
    let sizes = plan.recipe.hiddenSize.sizes.map { "\($0)" }.joined(separator: "-")
    return "\(plan.selection.shortName)-\(plan.recipe.cell.rawValue)-\(sizes)"
  }

  /// Goes on with a run that was begun, unless it came to its end.
  @discardableResult
  func goOn(
    with folder: RunFolder,
    seed: UInt64?,
    interruption: Interruption
  ) async throws -> RunRecord {
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    var stored = try StoredRun(folder)
    try checkSettings(of: stored.record, seed: seed)
    if stored.isFinished {
      print("\(folder.path) came to its end: there is nothing to go on with.")
      return try RunRecord(of: folder)
    }
    if let holder = lock.abandoned {
      stored.remarks.append("Took over the lock of \(holder), which has ended.")
    }
    let processes = LaunchedProcesses.group
    if let processes {
      try ProcessOrder.goOn(
        record: stored.record.json(),
        checkpoint: stored.checkpoint?.checkpoint.safetensors.bytes
      ).send(to: processes)
    }
    let begun = stored
    let run = try await ProcessGroup.agreed(by: processes) {
      let run = try ContinuedRun(
        folder,
        stored: begun,
        splits: await begun.record.data.moved(to: source.data).load(for: begun.record.recipe),
        threads: threads,
        processes: processes
      )
      return (run.record, run)
    }
    var session = TrainingSession(
      run,
      processes: processes,
      checkpoints: checkpoints,
      hasBoard: tensorboard,
      interruption: interruption
    )
    try session.run()
    return session.record
  }

  /// Refuses settings that were given and are not those of the run.
  func checkSettings(of record: RunRecord, seed: UInt64?) throws {
    var asked = record
    asked.recipe = try choices.recipe(over: record.recipe)
    asked.seed = seed ?? record.seed
    if let named = source.dataset {
      asked.data.name = named.name
      asked.data.path = named.path.map {
        DataSelection(file: $0, as: named.name, source.file).path ?? $0
      }
    }
    asked.data.take(source.file)
    asked.data.drawnCount = source.examples ?? record.data.drawnCount
    asked.data.lag = source.lag ?? record.data.lag
    let differences = asked.differences(from: record)
    guard differences.isEmpty else {
      throw CommandFailure(
        """
        the run was begun with other settings: \(differences.joined(separator: ", ")); leave out \
        what differs, or train a new run without --resume
        """
      )
    }
  }
}
