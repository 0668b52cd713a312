import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent race`: which of several cells, or of several presets, does best on the user's data.
struct RaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "race",
    abstract: "Let several cells or presets learn the same data, and see which does best.",
    discussion: """
      Each is trained as often through the same examples in the same order, or for the same time, from \
      several seeds; what they come to is told with its interval, and so is whether they differ. A chart \
      and all numbers are left in a folder.
      """
  )

  @OptionGroup
  var source: DataOptions

  @Option(help: "The cells, separated by commas. Default: lstm,gru,rnn. One of: \(CellName.list).")
  var cells: String?

  @Option(help: "Presets instead of cells, separated by commas, such as standard,accurate.")
  var presets: String?

  @Option(parsing: .unconditional, help: "From how many seeds each is trained: 1, 2, and so on.")
  var seeds = 3

  @Option(
    parsing: .unconditional,
    help: """
      Train each for about so many seconds, with as many epochs as it has time for, rather than all for \
      the same number of epochs.
      """
  )
  var seconds: Double?

  @OptionGroup
  var choices: RecipeChoices

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it, but for --seconds."
  )
  var threads = TrainingOptions.availableThreads

  @Option(
    help: ArgumentHelp(
      "The folder to make. Default: runs/race-DATA, with a number if there is one.",
      valueName: "folder"
    )
  )
  var output: String?

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    try checkCount("--seeds", seeds, 1...1_000)
    if let seconds, !(seconds > 0 && seconds <= 1e6) {
      throw ValidationError("--seconds is \(seconds); use a number above 0, up to 1,000,000")
    }
    if seconds != nil && choices.choices.epochs != nil {
      throw ValidationError("--seconds and --epochs are two budgets; use one of them")
    }
    guard cells == nil || presets == nil else {
      throw ValidationError("--cells and --presets are two races; use one of them")
    }
    guard presets == nil || choices.preset == nil else {
      throw ValidationError("--presets names the presets; leave out --preset")
    }
    guard choices.choices.cell == nil || presets != nil else {
      throw ValidationError("--cell is one cell; name several with --cells lstm,gru")
    }
    try source.check(choices)
    _ = try runners()
  }

  func run() async throws {
    if let output { try ResultFolder.checkFree(output) }
    var plan = try PlannedRun(source, choices, seed: 1)
    plan.replacePrecision()
    let runners = try runners().map { try $0.checked(for: plan.selection.task) }
    let data = try await plan.load(seed: 1, threads: threads)
    let contenders = try runners.map { try $0.contender(in: plan, choices) }
    for contender in contenders {
      var own = plan
      own.recipe = contender.recipe
      _ = try own.model(for: data, seed: 1)
    }
    let folder = try ResultFolder(
      new: output,
      otherwise: "\(RunFolder.parent)/race-\(plan.selection.shortName)"
    )
    var session = RaceSession(
      contenders,
      data: data,
      selection: plan.selection,
      seeds: seeds,
      seconds: seconds,
      threads: threads,
      folder: folder
    )
    try session.run()
  }

  /// Who races, as it was asked for.
  private func runners() throws -> [Runner] {
    let runners: [Runner]
    if let presets {
      runners = try words(presets, "--presets").map { word in
        guard let preset = Preset(argument: word) else {
          throw ValidationError(
            "--presets has '\(word)'; use \(Preset.allValueStrings.joined(separator: ", "))"
          )
        }
        return .preset(preset)
      }
    } else {
      runners = try words(cells ?? "lstm,gru,rnn", "--cells").map { word in
        guard let cell = CellName(rawValue: word) else {
          throw ValidationError("--cells has '\(word)'; use \(CellName.list)")
        }
        return .cell(cell)
      }
    }
    for case .cell(let cell) in runners {
      var recipe = try choices.recipe(over: Recipe())
      recipe.cell = cell
      try recipe.check()
    }
    return runners
  }

  private func words(_ text: String, _ option: String) throws -> [String] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard Set(words).count == words.count, words.count > 1 else {
      throw ValidationError("\(option) needs two or more, each named once; it has '\(text)'")
    }
    return words
  }
}

/// One that races, as it was asked for.
private enum Runner {
  case cell(CellName)
  case preset(Preset)

  /// Refuses a preset that answers otherwise than the data ask for.
  func checked(for task: LearningTask) throws -> Runner {
    if case .preset(let preset) = self { try preset.recipe.check(for: task) }
    return self
  }

  /// With its settings: those of the plan but for the cell, or those of the preset but for what was
  /// said and the budget.
  func contender(in plan: PlannedRun, _ choices: RecipeChoices) throws -> RaceSession.Contender {
    switch self {
    case .cell(let cell):
      var recipe = plan.recipe
      recipe.cell = cell
      try recipe.check()
      return RaceSession.Contender(name: cell.rawValue, recipe: recipe)
    case .preset(let preset):
      var recipe = try choices.recipe(over: preset.recipe)
      recipe.epochs = plan.recipe.epochs
      recipe.window = recipe.window ?? plan.recipe.window
      try recipe.check(for: plan.selection.task)
      return RaceSession.Contender(name: preset.rawValue, recipe: recipe)
    }
  }
}
