import ArgumentParser
import Recurrent

/// `recurrent summary`: what a model is made of, and what training it takes.
struct SummaryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "List a model's layers, parameters, operations and memory.",
    discussion: """
      Without a run: the model that train would begin with, given the same options. With one: the \
      run's model as it was trained. The memory is measured by taking one training step.
      """
  )

  @Argument(help: "A run to describe: its name under runs/, or its folder.")
  var run: String?

  @OptionGroup
  var recipe: RecipeChoices

  @Option(parsing: .unconditional, help: "Steps of a sequence. Default: 28, or the run's.")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Features of a step. Default: 28, or the run's.")
  var features: Int?

  @Option(parsing: .unconditional, help: "Classes to tell apart. Default: 10, or the run's.")
  var classes: Int?

  @Option(parsing: .unconditional, help: "What decides starting values.")
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: "Threads to share a training step.")
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    let chosen = try recipe.recipe(for: recipe.usualData)
    if run != nil {
      let sizes = [steps, features, classes].compactMap(\.self)
      guard chosen == Recipe(), recipe.preset == nil, sizes.isEmpty else {
        throw ValidationError("a run has its own settings; leave out the options that describe one")
      }
    }
    for (name, value) in [("--steps", steps), ("--features", features), ("--classes", classes)] {
      try checkCount(name, value, 1...65_536)
    }
    try checkThreads(threads)
  }

  func run() async throws {
    let summary: ModelSummary
    if let run {
      let trained = try TrainedRun(run)
      let record = trained.record
      try record.recipe.checkMemory(steps: record.steps, features: record.features)
      summary = ModelSummary(
        model: trained.model,
        isTrained: true,
        recipe: record.recipe,
        steps: record.steps,
        features: record.features,
        seed: record.seed,
        threads: threads
      )
    } else {
      let recipe = try recipe.recipe(for: recipe.usualData)
      let (steps, features) = (steps ?? 28, features ?? 28)
      try recipe.checkMemory(steps: steps, features: features)
      guard
        let model = recipe.model(
          steps: steps,
          features: features,
          classes: classes ?? 10,
          seed: seed
        )
      else {
        throw CommandFailure(
          """
          --read \(recipe.usedStructure.reading.argument) does not fit \(steps) steps of \(features) features; use \
          other --steps and --features
          """
        )
      }
      summary = ModelSummary(
        model: model,
        isTrained: false,
        recipe: recipe,
        steps: steps,
        features: features,
        seed: seed,
        threads: threads
      )
    }
    for line in try summary.lines { print(line) }
  }
}
