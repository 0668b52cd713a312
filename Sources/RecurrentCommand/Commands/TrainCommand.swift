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

  @Argument(
    help: ArgumentHelp(
      """
      What to learn: digits (drawn by code, no download; the default), mnist, fashion-mnist, a file \
      of series (.ts), a table (.csv, .tsv), arrays (.npy, .npz), a folder with a folder of series for \
      each class, or a file of text (any other).
      """,
      valueName: "data"
    ),
    transform: { try DataArgument($0) }
  )
  var dataset: DataArgument?

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

  @Option(
    help: ArgumentHelp(
      """
      A folder with the data set's four IDX files, plain or gzip; with --resume, the place the data \
      are at now.
      """,
      valueName: "folder"
    )
  )
  var data: String?

  @OptionGroup(title: "Files of text, of series, and tables")
  var file: FileOptions

  @Option(parsing: .unconditional, help: "How many digits to draw for training. Default: 20,000.")
  var examples: Int?

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    if let examples, !DataSelection.drawnCounts.contains(examples) {
      throw ValidationError("--examples is \(examples); use a number from 1 to 10,000,000")
    }
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
    let dataset = dataset ?? DataArgument(.digits)
    if dataset.name.isSeries {
      // What is learned shows when the file is read.
      _ = try choices.recipe(over: Recipe())
    } else {
      _ = try choices.recipe(for: DataSelection(name: dataset.name))
    }
    if data != nil && !dataset.name.isDownloaded {
      throw ValidationError(
        dataset.path == nil
          ? "--data goes with mnist or fashion-mnist; digits are drawn, not read"
          : "--data goes with mnist or fashion-mnist; a file is named by itself"
      )
    }
    if examples != nil && dataset.name != .digits {
      throw ValidationError("--examples goes with digits; other data have their own size")
    }
    try file.check(for: dataset.name)
  }

  func run() async throws {
    if let resume {
      try await goOn(with: RunFolder(existing: resume, orBegun: true), seed: seed)
    } else if let seeds {
      try await train(seeds: seeds)
    } else {
      try await begin(seed: seed ?? 1, as: run)
    }
  }

  /// Trains a new run; without a name it gets one made from the settings.
  @discardableResult
  func begin(
    seed: UInt64,
    as name: String?,
    interruption: Interruption? = nil
  ) async throws -> RunRecord {
    if let name { try RunFolder.freePath(of: name) }
    var (selection, series, recipe) = try chosen(seed: seed)
    if let precision = recipe.precision, !precision.isSupported {
      print(
        "\(precision.rawValue) is not to be had on this processor with the instruction set "
          + "\(instructionSet); training with float32"
      )
      recipe.precision = nil
    }
    if let series {
      let epochs = choices.choices.epochs
      if series.task == .forecast {
        try selection.chooseForecast(
          of: series,
          for: &recipe,
          epochs: epochs,
          seed: seed,
          threads: threads
        )
      } else {
        try selection.chooseSeries(
          of: series,
          for: &recipe,
          epochs: epochs,
          seed: seed,
          threads: threads
        )
      }
    }
    let data = try await selection.load(for: recipe, read: series)
    try recipe.checkValidation(data.validation)
    if recipe.dropsLastBatch && data.training.count < recipe.batchSize {
      throw CommandFailure(
        """
        --batch \(recipe.batchSize) with --drop-last leaves no batch of \
        \(data.training.count) training examples; use a smaller --batch
        """
      )
    }
    try recipe.checkMemory(steps: data.training.steps, features: data.training.features)
    guard let model = recipe.model(for: data.training, seed: seed) else {
      throw CommandFailure(
        """
        --read \(recipe.usedStructure.reading.argument) does not fit \(selection.title), which has \
        \(data.training.steps) steps of \(data.training.features) features; use --read rows
        """
      )
    }
    let folder = try RunFolder(new: name, otherwise: Self.name(of: recipe, on: selection))
    let lock = try folder.lock()
    var session = TrainingSession(
      selection: selection,
      data: data,
      model: model,
      recipe: recipe,
      seed: seed,
      threads: threads,
      folder: folder,
      checkpoints: checkpoints,
      interruption: interruption
    )
    defer { withExtendedLifetime(lock) {} }
    try session.run()
    return session.record
  }

  /// What the options ask for: the examples, of series the file that has them, and the settings.
  func chosen(
    seed: UInt64
  ) throws -> (selection: DataSelection, series: SeriesFile?, recipe: Recipe) {
    var selection = selection(seed: seed)
    let series =
      selection.name.isSeries ? try SeriesFile(selection.path ?? "", of: selection) : nil
    selection.seriesTask = series?.task
    try file.check(for: selection.task, of: selection.name)
    return (selection, series, try choices.recipe(for: selection))
  }

  /// The examples that the options name.
  private func selection(seed: UInt64) -> DataSelection {
    let named = dataset ?? DataArgument(.digits)
    var selection =
      named.path.map { DataSelection(file: $0, as: named.name, file) }
      ?? DataSelection(name: named.name, folder: data)
    if named.name == .digits {
      selection.drawnCount = examples ?? 20_000
      selection.drawnSeed = seed
    }
    return selection
  }

  /// The name of a run that none was given for.
  static func name(of recipe: Recipe, on selection: DataSelection) -> String {
    let sizes = recipe.hiddenSize.sizes.map { "\($0)" }.joined(separator: "-")
    return "\(selection.shortName)-\(recipe.cell.rawValue)-\(sizes)"
  }

  /// Goes on with a run that was begun, unless it came to its end.
  @discardableResult
  func goOn(
    with folder: RunFolder,
    seed: UInt64?,
    interruption: Interruption? = nil
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
    let run = try ContinuedRun(
      folder,
      stored: stored,
      splits: await stored.record.data.moved(to: data).load(for: stored.record.recipe),
      threads: threads
    )
    var session = TrainingSession(run, checkpoints: checkpoints, interruption: interruption)
    try session.run()
    return session.record
  }

  /// Refuses settings that were given and are not those of the run.
  private func checkSettings(of record: RunRecord, seed: UInt64?) throws {
    var asked = record
    asked.recipe = try choices.recipe(over: record.recipe)
    asked.seed = seed ?? record.seed
    if let named = dataset {
      asked.data.name = named.name
      asked.data.path = named.path.map { DataSelection(file: $0, as: named.name, file).path ?? $0 }
    }
    asked.data.take(file)
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
