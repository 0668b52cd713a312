import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent train`: the main job, from examples to a trained, tested and pictured model.
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a recurrent network on images read row by row.",
    discussion: """
      Without any option: an LSTM of 128 units learns digits drawn by code. The run's folder under \
      runs/ gets the model, the numbers and a report to open in a browser.
      """
  )

  @Argument(help: "What to learn: digits (drawn by code, no download), mnist or fashion-mnist.")
  var dataset = DataSetName.digits

  @Option(
    help: "Settings to begin with: standard, accurate (longer, for images), or the notebook's."
  )
  var preset = Preset.standard

  @OptionGroup(title: "Model and training (each overrides the preset)")
  var choices: RecipeOptions

  @OptionGroup(title: "Learning (each overrides the preset)")
  var learning: LearningOptions

  @Option(
    parsing: .unconditional,
    help: "What decides starting values, the order of examples and drawn digits."
  )
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  @Option(help: "The run's name under runs/, or a path. Default: made from the settings.")
  var run: String?

  @Option(help: "A folder with the data set's four IDX files, plain or gzip.")
  var data: String?

  @Option(parsing: .unconditional, help: "How many digits to draw for training. Default: 20,000.")
  var examples: Int?

  /// The preset with every setting that was given.
  private var recipe: Recipe {
    get throws { try learning.applied(to: choices.applied(to: preset.recipe)) }
  }

  func validate() throws {
    try Program.checkEnvironment()
    _ = try recipe
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads is \(threads); use a number from 1 to 1024")
    }
    if data != nil && dataset == .digits {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
    if let examples {
      guard dataset == .digits else {
        throw ValidationError("--examples goes with digits; \(dataset.rawValue) has its own size")
      }
      guard DataSelection.drawnCounts.contains(examples) else {
        throw ValidationError("--examples is \(examples); use a number from 1 to 10,000,000")
      }
    }
  }

  func run() async throws {
    var recipe = try recipe
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
    let folder = try RunFolder(
      new: self.run,
      otherwise: "\(dataset.rawValue)-\(recipe.cell.rawValue)-\(recipe.hiddenSize)"
    )
    var session = TrainingSession(
      selection: selection,
      splits: splits,
      recipe: recipe,
      seed: seed,
      threads: threads,
      folder: folder
    )
    try session.run()
  }
}

/// The settings of a recipe that can be given one by one.
struct RecipeOptions: ParsableArguments {
  @Option(help: "The recurrent cell: \(CellName.list).")
  var cell: CellName?

  @Option(parsing: .unconditional, help: "Hidden units.")
  var hidden: Int?

  @Option(parsing: .unconditional, help: "What an LSTM's forget gate bias starts from.")
  var forgetBias: Float?

  @Option(
    name: .customLong("init"),
    help: """
      Starting values: recommended, torch, keras, notebook, he, identity, or chrono:T for \
      memories of up to T steps.
      """
  )
  var initialization: Initialization?

  @Option(parsing: .unconditional, help: "Times to go through the training examples.")
  var epochs: Int?

  @Option(parsing: .unconditional, help: "Examples in a step.")
  var batch: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Leave out an epoch's last batch if it is short, as the notebook does."
  )
  var dropLast: Bool?

  @Option(
    help: "gradient-descent, momentum, nesterov, rmsprop, adam, adamw or lion."
  )
  var optimizer: OptimizerName?

  @Option(parsing: .unconditional, help: "The size of a step.")
  var learningRate: Float?

  @Option(parsing: .unconditional, help: "The longest norm of a gradient; 0 for no limit.")
  var clip: Float?

  @Option(
    help: """
      How the learning rate changes: constant, linear (up, then down), step, cosine, one-cycle, or \
      plateau (halved when the validation cost no longer falls).
      """
  )
  var schedule: ScheduleName?

  @Option(
    help: "How products are computed: float32, or bf16, faster on processors that have it."
  )
  var precision: Precision?

  @OptionGroup
  var changes: AugmentationOptions

  func validate() throws {
    try Self.check("--hidden", hidden, 1...16_384)
    try Self.check("--epochs", epochs, 1...1_000_000)
    try Self.check("--batch", batch, 1...1_000_000)
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is \(learningRate); use a number above 0")
    }
    if let clip, !(clip >= 0 && clip.isFinite) {
      throw ValidationError("--clip is \(clip); use a number above 0, or 0 for no limit")
    }
    if let forgetBias, !forgetBias.isFinite {
      throw ValidationError("--forget-bias is \(forgetBias); use a finite number, such as 1")
    }
  }

  private static func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
    guard let value, !range.contains(value) else { return }
    throw ValidationError(
      "\(name) is \(value); use a whole number from \(range.lowerBound) to \(range.upperBound)"
    )
  }

  /// The recipe with every setting that was given.
  func applied(to recipe: Recipe) -> Recipe {
    var result = recipe
    result.cell = cell ?? recipe.cell
    result.hiddenSize = hidden ?? recipe.hiddenSize
    result.forgetBias = forgetBias ?? recipe.forgetBias
    result.initialization = initialization ?? recipe.initialization
    result.epochs = epochs ?? recipe.epochs
    result.batchSize = batch ?? recipe.batchSize
    result.dropsLastBatch = dropLast ?? recipe.dropsLastBatch
    result.optimizer = optimizer ?? recipe.optimizer
    result.learningRate = learningRate ?? recipe.learningRate
    if let clip { result.clip = clip == 0 ? nil : clip }
    result.schedule = schedule ?? recipe.schedule
    result.precision = precision ?? recipe.precision
    result.augmentation = changes.augmentation ?? recipe.augmentation
    return result
  }
}
