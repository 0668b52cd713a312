import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent train`: the main job, from examples to a trained, tested and pictured model.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a recurrent network on images, read row by row unless --read says otherwise.",
    discussion: """
      Without any option: an LSTM of 128 units learns digits drawn by code. The run's folder under \
      runs/ gets the model, the numbers and a report to open in a browser.
      """
  )

  @Argument(
    help: "What to learn: digits (drawn by code, no download; the default), mnist or fashion-mnist."
  )
  var dataset: DataSetName?

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
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  @Option(help: "The run's name under runs/, or a path. Default: made from the settings.")
  var run: String?

  @Option(
    help: ArgumentHelp(
      "Go on with a run that did not come to its end; its settings are those it was begun with.",
      valueName: "run"
    )
  )
  var resume: String?

  @Option(help: "A folder with the data set's four IDX files, plain or gzip.")
  var data: String?

  @Option(parsing: .unconditional, help: "How many digits to draw for training. Default: 20,000.")
  var examples: Int?

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    if let examples, !DataSelection.drawnCounts.contains(examples) {
      throw ValidationError("--examples is \(examples); use a number from 1 to 10,000,000")
    }
    if resume != nil {
      guard run == nil else {
        throw ValidationError("--resume names the run; leave out --run")
      }
      return
    }
    _ = try choices.recipe
    let dataset = dataset ?? .digits
    if data != nil && dataset == .digits {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
    if examples != nil && dataset != .digits {
      throw ValidationError("--examples goes with digits; \(dataset.rawValue) has its own size")
    }
  }

  func run() async throws {
    if let resume {
      try await goOn(with: RunFolder(existing: resume, orBegun: true))
    } else {
      try await begin()
    }
  }

  private func begin() async throws {
    var recipe = try choices.recipe
    let (dataset, seed) = (dataset ?? .digits, seed ?? 1)
    if let precision = recipe.precision, !precision.isSupported {
      print(
        "\(precision.rawValue) is not to be had on this processor with the instruction set "
          + "\(instructionSet); training with float32"
      )
      recipe.precision = nil
    }
    var selection = DataSelection(name: dataset, folder: data)
    if dataset == .digits {
      selection.drawnCount = examples ?? 20_000
      selection.drawnSeed = seed
    }
    if let name = self.run { try RunFolder.freePath(of: name) }
    let splits = try await selection.load()
    if recipe.dropsLastBatch && splits.training.count < recipe.batchSize {
      throw CommandFailure(
        """
        --batch \(recipe.batchSize) with --drop-last leaves no batch of \
        \(splits.training.count) training examples; use a smaller --batch
        """
      )
    }
    try recipe.checkMemory(steps: splits.training.steps, features: splits.training.features)
    guard let model = recipe.model(for: splits.training, seed: seed) else {
      throw CommandFailure(
        """
        --read \(recipe.usedStructure.reading.argument) does not fit \(selection.name.title), which has \
        \(splits.training.steps) steps of \(splits.training.features) features; use --read rows
        """
      )
    }
    let sizes = recipe.hiddenSize.sizes.map { "\($0)" }.joined(separator: "-")
    let folder = try RunFolder(
      new: self.run,
      otherwise: "\(dataset.rawValue)-\(recipe.cell.rawValue)-\(sizes)"
    )
    let lock = try folder.lock()
    var session = TrainingSession(
      selection: selection,
      splits: splits,
      model: model,
      recipe: recipe,
      seed: seed,
      threads: threads,
      folder: folder,
      checkpoints: checkpoints
    )
    defer { withExtendedLifetime(lock) {} }
    try session.run()
  }

  private func goOn(with folder: RunFolder) async throws {
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    var stored = try StoredRun(folder)
    try checkSettings(of: stored.record)
    if stored.isFinished {
      print("\(folder.path) came to its end: there is nothing to go on with.")
      return
    }
    if let holder = lock.abandoned {
      stored.remarks.append("Took over the lock of \(holder), which has ended.")
    }
    let run = try ContinuedRun(
      folder,
      stored: stored,
      splits: await stored.record.data.moved(to: data).load(),
      threads: threads
    )
    var session = TrainingSession(run, checkpoints: checkpoints)
    try session.run()
  }

  /// Refuses settings that were given and are not those of the run.
  private func checkSettings(of record: RunRecord) throws {
    var asked = record
    asked.recipe = try choices.recipe(over: record.recipe)
    asked.seed = seed ?? record.seed
    asked.data.name = dataset ?? record.data.name
    asked.data.drawnCount = examples ?? record.data.drawnCount
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
