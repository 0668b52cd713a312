import ArgumentParser
import Recurrent
import RecurrentData

/// `recurrent gradcheck`: whether a model's gradients are right.
struct GradcheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradcheck",
    abstract: "Check a model's gradients against finite differences in double precision.",
    discussion: """
      Without a run: a new model on random sequences. With one: the run's model on its first test \
      examples, with the masks of a training step. For each parameter, the gradient in double precision is compared with central \
      differences, and the one that training uses, in single precision, with that in double; the \
      table gives the largest error as a share of the parameter's largest gradient. The status is 1 \
      if one is off.
      """
  )

  @Argument(help: "A run to check: its name under runs/, or its folder.")
  var run: String?

  @OptionGroup(title: "A new model")
  var model: ModelOptions

  @OptionGroup(title: "Its layers")
  var structure: StructureOptions

  @Option(parsing: .unconditional, help: "Steps of a sequence. Default: 6, or the run's.")
  var steps: Int?

  @Option(parsing: .unconditional, help: "Sequences in the batch.")
  var batch = 4

  @Option(parsing: .unconditional, help: "The most elements of a parameter to compare.")
  var samples = 100

  @Option(
    parsing: .unconditional,
    help: "What decides starting values, sequences and which elements are compared."
  )
  var seed: UInt64 = 1

  /// The model that is checked where no run is named.
  struct ModelOptions: ParsableArguments {
    @Option(help: "The recurrent cell: \(CellName.list). Default: lstm.")
    var cell: CellName?

    @Option(
      parsing: .unconditional,
      help: "Hidden units; of layers one on another separated by commas. Default: 8."
    )
    var hidden: LayerSizes?

    @Option(parsing: .unconditional, help: "Features of a step. Default: 5.")
    var features: Int?

    /// Whether one of them was given.
    var isChosen: Bool { cell != nil || hidden != nil || features != nil }

    /// The settings that make the model.
    var recipe: Recipe { Recipe(cell: cell ?? .lstm, hiddenSize: hidden ?? 8) }
  }

  func validate() throws {
    try Program.checkEnvironment()
    let isStructured = try structure.applied(to: model.recipe).structure != nil
    if run != nil && (model.isChosen || isStructured) {
      throw ValidationError(
        "a run has a model; leave out --cell, --hidden, --features and what is said of its layers"
      )
    }
    try model.hidden?.check("--hidden", most: 1024)
    try checkCount("--features", model.features, 1...1024)
    try checkCount("--steps", steps, 1...10_000)
    try checkCount("--batch", batch, 1...1024)
    try checkCount("--samples", samples, 1...1_000_000)
  }

  func run() async throws {
    let (model, examples) = try await subject()
    let report = gradientReport(of: model, on: examples)
    for line in report.lines { print(line) }
    guard report.passes else { throw CommandFailure(report.verdict) }
    print("\n" + report.verdict)
  }

  /// The model, and the batch of examples it is checked on.
  private func subject() async throws -> (SequenceModel, SequenceDataset) {
    guard let run else {
      let examples = randomExamples()
      let recipe = try structure.applied(to: model.recipe)
      guard let model = recipe.model(for: examples, seed: seed) else {
        throw CommandFailure(
          """
          --read \(recipe.usedStructure.reading.argument) does not fit \(examples.steps) steps of \
          \(examples.features) features; use other --steps and --features
          """
        )
      }
      return (model, examples)
    }
    let trained = try TrainedRun(run)
    let data = try await trained.record.data.load(for: trained.record.recipe)
    let examples = data.heldOut.slice(0..<min(batch, data.heldOut.count))
    guard examples.features == trained.record.features else {
      throw CommandFailure(
        """
        \(trained.record.data.title) has \(examples.features) features a step, the run \
        \(trained.record.features)
        """
      )
    }
    guard steps == nil || trained.record.data.task == .classify else {
      throw CommandFailure(
        "\(run) learned to \(trained.record.data.task.words), which takes all steps; leave out --steps"
      )
    }
    guard steps == nil || trained.model.reading == .rows else {
      throw CommandFailure(
        "\(run) reads \(trained.model.reading.words), which take whole images; leave out --steps"
      )
    }
    return (trained.model, examples)
  }

  /// The check of any model; the first `steps` steps of each example are read.
  private func gradientReport(
    of model: SequenceModel,
    on examples: SequenceDataset
  ) -> GradientReport {
    let input = examples.tensor(at: 0..<examples.count)
    let read = input.slice(0..<min(steps ?? examples.steps, examples.steps), along: 1)
    // The same masks at each evaluation, so that there is one function to differentiate.
    let indices = Array(0..<examples.count)
    let pass = SequencePass(
      lengths: steps == nil ? examples.lengths : nil,
      masks: MaskStreams(seed: seed, step: 0, examples: indices)
    )
    return checkGradients(of: model, samples: samples, seed: seed) { model in
      examples.meanLoss(of: model.logits(read, in: pass), at: indices)
    }
  }

  /// Sequences of normal numbers, and labels, that mean nothing.
  private func randomExamples() -> SequenceDataset {
    let (steps, features, classes) = (steps ?? 6, model.features ?? 5, 3)
    var stream = RandomStream(seed: seed, purpose: .testing)
    return SequenceDataset(
      elements: .floats((0..<batch * steps * features).map { _ in stream.nextNormal() }),
      labels: (0..<batch).map { _ in stream.nextIndex(below: classes) },
      steps: steps,
      features: features,
      classNames: (0..<classes).map { "\($0)" }
    )
  }
}
