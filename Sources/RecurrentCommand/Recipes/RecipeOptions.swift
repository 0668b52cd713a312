import ArgumentParser
import Recurrent
import RecurrentData

/// A preset, and the settings that override it.
struct RecipeChoices: ParsableArguments {
  @Option(
    help: """
      Settings to begin with: standard (the default), accurate (longer, for images), best (longer \
      still, sweeps over patches), pixels (reads images pixel by pixel), text, series and forecast \
      (the defaults for such files), or the notebook's.
      """
  )
  var preset: Preset?

  @OptionGroup(title: "Model and training (each overrides the preset)")
  var choices: RecipeOptions

  @OptionGroup(title: "Layers (each overrides the preset)")
  var structure: StructureOptions

  @OptionGroup(title: "Learning (each overrides the preset)")
  var learning: LearningOptions

  /// The preset with every setting that was given; without one that for such data.
  func recipe(for data: DataSelection) throws -> Recipe {
    let recipe = try recipe(over: data.usualRecipe)
    try recipe.check(for: data.task)
    guard data.name.areImages || recipe.usedStructure.reading == .rows else {
      throw ValidationError(
        "--read and presets for images do not go with \(data.name.title); leave them out"
      )
    }
    return recipe
  }

  /// Data that the preset is for.
  var usualData: DataSelection {
    switch preset {
    case .text: return DataSelection(name: .text)
    case .forecast:
      var selection = DataSelection(name: .table)
      selection.seriesTask = .forecast
      return selection
    default: return DataSelection(name: .digits)
    }
  }

  /// The preset, or these settings where none is named, with every setting that was given.
  func recipe(over settings: Recipe) throws -> Recipe {
    let start = preset?.recipe ?? settings
    let recipe = try structure.applied(to: learning.applied(to: choices.applied(to: start)))
    try recipe.check()
    return recipe
  }
}

/// The settings of a recipe that can be given one by one.
struct RecipeOptions: ParsableArguments {
  @Option(help: "The recurrent cell: \(CellName.list).")
  var cell: CellName?

  @Option(
    parsing: .unconditional,
    help: "Hidden units; of layers one on another separated by commas, such as 256,128."
  )
  var hidden: LayerSizes?

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

  @Option(
    parsing: .unconditional,
    help:
      """
      Steps of a text that are learned from at once, the state going on to the next (128), or times \
      that are read before a forecast (two seasons, and 64 at least).
      """
  )
  var window: Int?

  @OptionGroup
  var changes: AugmentationOptions

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
    result.window = window ?? recipe.window
    result.augmentation = changes.augmentation ?? recipe.augmentation
    return result
  }
}
