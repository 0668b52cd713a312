import Recurrent
import RecurrentData

/// What a run is to learn from and how, before anything is learned.
struct PlannedRun {
  var selection: DataSelection
  /// The file of series, where the data are some.
  let series: SeriesFile?
  var recipe: Recipe
  /// The epochs that were asked for; nil for as many as suit the data.
  private let epochs: Int?

  /// Takes what is asked for; reads a file of series, which says what is learned from it.
  init(_ data: DataOptions, _ choices: RecipeChoices, seed: UInt64) throws {
    var selection = data.selection(seed: seed)
    series = selection.name.isSeries ? try SeriesFile(selection.path ?? "", of: selection) : nil
    selection.seriesTask = series?.task
    try data.file.check(for: selection.task, of: selection.name)
    self.selection = selection
    recipe = try choices.recipe(for: selection)
    epochs = choices.choices.epochs
  }

  /// Goes without a precision that this processor does not have, and says so.
  mutating func replacePrecision() {
    guard let precision = recipe.precision, !precision.isSupported else { return }
    print(
      "\(precision.rawValue) is not to be had on this processor with the instruction set "
        + "\(instructionSet); training with float32"
    )
    recipe.precision = nil
  }

  /// Loads the examples; of series it first chooses how they are prepared, and says so.
  mutating func load(seed: UInt64, threads: Int) async throws -> RunData {
    if let series {
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
    try checkExamples(of: data)
    return data
  }

  /// Refuses examples that cannot be learned from with these settings.
  func checkExamples(of data: RunData) throws {
    try recipe.checkValidation(data.validation)
    if recipe.dropsLastBatch && data.training.count < recipe.batchSize {
      throw CommandFailure(
        """
        --batch \(recipe.batchSize) with --drop-last leaves no batch of \
        \(data.training.count) training examples; use a smaller --batch
        """
      )
    }
  }

  /// Refuses examples that a model with these settings cannot read, or not in this machine's memory.
  func checkModel(for data: RunData) throws {
    let (steps, features) = (data.training.steps, data.training.features)
    try recipe.checkMemory(steps: steps, features: features)
    guard recipe.usedStructure.reading.size(steps: steps, features: features) != nil else {
      throw unreadable(data)
    }
  }

  /// A model with starting values drawn by the seed.
  func model(for data: RunData, seed: UInt64) throws -> SequenceModel {
    try checkModel(for: data)
    guard let model = recipe.model(for: data.training, seed: seed) else { throw unreadable(data) }
    return model
  }

  private func unreadable(_ data: RunData) -> CommandFailure {
    CommandFailure(
      """
      --read \(recipe.usedStructure.reading.argument) does not fit \(selection.title), which has \
      \(data.training.steps) steps of \(data.training.features) features; use --read rows
      """
    )
  }
}
