import ArgumentParser
import Recurrent
import RecurrentData

/// Looks a sweep over before anything is trained: every trial as the command that it is, and the data.
struct SweepPreparation {
  private let plan: SweepPlan
  private let trials: [SweepTrial]
  /// What the first trial would be called with.
  private let first: TrainCommand
  /// The settings that each trial asks for.
  private let choices: [RecipeChoices]

  /// Reads what every trial asks for.
  ///
  /// - Throws: What `train` would say of one, with the trial's settings.
  init(_ plan: SweepPlan, _ trials: [SweepTrial]) throws {
    self.plan = plan
    self.trials = trials
    let options = plan.axes.map(\.option)
    let first = try Self.command(of: trials[0], plan)
    self.first = first
    // A command line takes long to read; thousands differ in a few options only.
    choices = try trials.map { trial in
      var own = first.choices
      let areValues = zip(options, trial.settings).map { $0.take($1.value, in: &own) }
      guard !areValues.contains(false) else {
        return try Self.command(of: trial, plan).choices
      }
      try Self.naming(trial) { try first.source.check(own) }
      return own
    }
  }

  private static func command(of trial: SweepTrial, _ plan: SweepPlan) throws -> TrainCommand {
    do {
      return try TrainCommand.parse(trial.arguments + plan.options)
    } catch {
      let message = TrainCommand.message(for: error)
      // What is wrong whatever is tried is not the trial's fault.
      do {
        _ = try TrainCommand.parse(plan.options)
      } catch let own where TrainCommand.message(for: own) == message {
        throw own
      } catch {}
      throw ValidationError(named(trial, message))
    }
  }

  private static func named(_ trial: SweepTrial, _ message: String) -> String {
    "trial \(trial.number) (\(trial.words)): \(message)"
  }

  /// Does what may find a trial's settings wrong, and says then which trial's they are.
  private static func naming<Result>(
    _ trial: SweepTrial,
    _ check: () throws -> Result
  ) throws -> Result {
    do {
      return try check()
    } catch let failure as CommandFailure {
      throw CommandFailure(named(trial, failure.description))
    } catch let error as ValidationError {
      throw ValidationError(named(trial, error.message))
    }
  }

  /// The name of the data in a folder's name.
  var shortName: String { first.source.selection(seed: plan.seed).shortName }

  /// Loads the data, chooses by the first trial what suits them, and looks every trial over with them.
  ///
  /// Returns the record of a sweep of which nothing is done.
  func record(threads: Int) async throws -> SweepRecord {
    var base = try Self.naming(trials[0]) {
      try PlannedRun(first.source, first.choices, seed: plan.seed)
    }
    let recipes = try zip(trials, choices).map { trial, choices in
      try Self.naming(trial) { try choices.recipe(for: base.selection) }
    }
    if plan.axes.contains(where: { $0.option.name == "precision" }) {
      for (trial, recipe) in zip(trials, recipes) { try Self.checkPrecision(recipe, of: trial) }
    } else {
      base.replacePrecision()
    }
    let asked = base.selection
    let data = try await base.load(seed: plan.seed, threads: threads)
    guard let validation = data.validation else {
      throw CommandFailure(
        """
        \(base.selection.title): all examples are learned from, and trials are ranked by some that are \
        not; keep some with --validation-share 0.2
        """
      )
    }
    for (trial, recipe) in zip(trials, recipes) {
      var own = base
      own.recipe = recipe
      own.recipe.window = recipe.window ?? base.recipe.window
      try Self.naming(trial) {
        try own.checkExamples(of: data)
        try own.checkModel(for: data)
      }
    }
    return SweepRecord(
      plan,
      trials,
      chosen: Self.chosen(base.selection, asked),
      selection: base.selection,
      data: data,
      validationCount: validation.count
    )
  }

  private static func checkPrecision(_ recipe: Recipe, of trial: SweepTrial) throws {
    guard let precision = recipe.precision, !precision.isSupported else { return }
    throw CommandFailure(
      named(
        trial,
        """
        \(precision.rawValue) is not to be had on this processor with the instruction set \
        \(instructionSet); leave it out
        """
      )
    )
  }

  /// The options by which every training gets what was chosen for data, and was not asked for.
  private static func chosen(_ selection: DataSelection, _ asked: DataSelection) -> [String] {
    var words: [String] = []
    if asked.choice == nil, let choice = selection.choice {
      words += ["--times-per-step=\(choice.timesPerStep)"]
      words += [choice.hasDifferences ? "--differences" : "--no-differences"]
    }
    if asked.season == nil, let season = selection.season { words += ["--season=\(season)"] }
    if asked.horizon == nil, let horizon = selection.horizon { words += ["--horizon=\(horizon)"] }
    if asked.forecast == nil, let forecast = selection.forecast {
      words += ["--subtract=\(forecast.differences.rawValue)"]
      words += [forecast.hasLogarithm ? "--logarithm" : "--no-logarithm"]
    }
    return words
  }
}

extension SweepRecord {
  /// Refuses data other than those that the sweep was begun with.
  func checkData(threads: Int) async throws {
    guard let trial = trials.first else { return }
    let command = try TrainCommand.parse(arguments(of: trial))
    var planned = try PlannedRun(command.source, command.choices, seed: plan.seed)
    if planned.recipe.precision?.isSupported == false { planned.recipe.precision = nil }
    let examples = try await planned.load(seed: plan.seed, threads: threads)
    guard examples.fingerprint == dataFingerprint else {
      throw CommandFailure(
        """
        the \(data) examples are not those the sweep was begun with (SHA-256 \
        \(examples.fingerprint.prefix(12))..., then \(dataFingerprint.prefix(12))...); put those back, \
        or choose another --run NAME
        """
      )
    }
  }
}
