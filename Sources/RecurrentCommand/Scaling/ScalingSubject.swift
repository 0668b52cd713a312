import Recurrent

/// The model whose training is to be scaled, with data of its shape.
struct ScalingSubject {
  /// What is trained, in words.
  let title: String
  /// A short name for a folder.
  let name: String
  let model: SequenceModel
  let recipe: Recipe
  /// The steps and features of a sequence before it is read.
  let steps: Int
  let features: Int

  /// The numbers of an answer.
  var outputs: Int { model.head.outputSize }

  /// The model of a trained run.
  init(run: String) throws {
    let trained = try TrainedRun(run)
    let record = trained.record
    try self.init(
      trained.model,
      trained.record.recipe,
      name: try RunFolder(existing: run).name,
      steps: record.steps,
      features: record.features
    )
  }

  /// A model of one cell that classifies whole sequences.
  init(cell: CellName, hidden: LayerSizes, inputs: Int, outputs: Int, steps: Int) throws {
    var recipe = Recipe()
    (recipe.cell, recipe.hiddenSize) = (cell, hidden)
    try Self.checkMemory(recipe, steps: steps, features: inputs)
    // Starting values that are quickly drawn.
    recipe.initialization = .torch
    guard let model = recipe.model(steps: steps, features: inputs, classes: outputs, seed: 1) else {
      throw CommandFailure("\(recipe.modelText): there is no such model")
    }
    let sizes = hidden.sizes.map(String.init).joined(separator: "-")
    try self.init(
      model,
      recipe,
      name: "\(cell.rawValue)-\(sizes)",
      steps: steps,
      features: inputs
    )
  }

  private init(
    _ model: SequenceModel,
    _ recipe: Recipe,
    name: String,
    steps: Int,
    features: Int
  ) throws {
    try Self.checkMemory(recipe, steps: steps, features: features)
    (self.model, self.recipe, self.name) = (model, recipe, name)
    (self.steps, self.features) = (steps, features)
    title = """
      \(recipe.modelText), \(steps) steps of \(features) features, \(model.head.outputSize) outputs; \
      \(model.parameterCount) parameters, \(recipe.optimizer.rawValue)
      """
  }

  /// Refuses a model too large for the memory, given that its parts and a trainer are there at a time.
  private static func checkMemory(_ recipe: Recipe, steps: Int, features: Int) throws {
    var recipe = recipe
    recipe.batchSize = 2 * StepCostMeasurement.wholeRows
    try recipe.checkMemory(
      steps: steps,
      features: features,
      advice: "use fewer of them or fewer --steps"
    )
  }

  /// A trainer that leaves the parameters as they are, so that every step is the same work.
  func trainer() -> Trainer<SequenceModel> {
    var recipe = recipe
    recipe.learningRate = 0
    recipe.batchSize = StepCostMeasurement.wholeRows
    return recipe.trainer(of: model, seed: 1, threads: 1)
  }

  /// Sequences without a pattern.
  func data(rows: Int) -> SequenceDataset {
    let bytes = SequenceDataset.withoutPattern(BenchShape(rows, steps, features, 1), classes: 1)
    return SequenceDataset(
      elements: bytes.elements,
      count: rows,
      steps: steps,
      features: features,
      targets: model.summary == .allOutputs
        ? .classesOfSteps((0..<rows * steps).map { Int32($0 % outputs) })
        : .classes((0..<rows).map { $0 % outputs }),
      outputNames: (0..<outputs).map { "\($0)" }
    )
  }
}
