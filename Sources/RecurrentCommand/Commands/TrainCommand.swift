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

  @Argument(help: "What to learn: digits (drawn by code, no download), mnist or fashion-mnist.")
  var dataset = DataSetName.digits

  @OptionGroup
  var choices: RecipeChoices

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

  func validate() throws {
    try Program.checkEnvironment()
    _ = try choices.recipe
    try checkThreads(threads)
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
    var recipe = try choices.recipe
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
    var session = TrainingSession(
      selection: selection,
      splits: splits,
      model: model,
      recipe: recipe,
      seed: seed,
      threads: threads,
      folder: folder
    )
    try session.run()
  }
}
