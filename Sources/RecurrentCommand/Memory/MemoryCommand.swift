import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent memory`: how far back cells remember.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Measure how far back recurrent cells remember.",
    discussion: """
      Every cell is trained at growing lags on a task that needs a memory, with the same number of \
      steps, the same examples in the same order, and from several seeds. A table, charts and all \
      numbers are left in a folder.
      """
  )

  @Option(
    help: """
      What is to be remembered: adding, copy, temporal-order, parity, or final-parity (told at the \
      end only).
      """
  )
  var task = MemoryTask.adding

  @Option(help: "The cells, separated by commas: \(CellName.list).")
  var cells = "lstm,gru,rnn"

  @Option(parsing: .unconditional, help: "How far back to remember, in steps, separated by commas.")
  var lags = "25,50,100,200,400"

  @Option(parsing: .unconditional, help: "Hidden units of each cell.")
  var hidden = 64

  @Option(parsing: .unconditional, help: "Training steps of each cell at each lag from each seed.")
  var steps = 3_000

  @Option(parsing: .unconditional, help: "Examples in a step; none comes twice.")
  var batch = 64

  @Option(parsing: .unconditional, help: "The size of a step at its largest.")
  var learningRate: Float = 0.003

  @Option(
    name: .customLong("init"),
    help: """
      Starting values, as for train; or chrono (the default), for gates that forget over times up to \
      the lag.
      """
  )
  var initialization = MemoryStart.chrono

  @Option(parsing: .unconditional, help: "From how many seeds each is trained: 1, 2, and so on.")
  var seeds = 3

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  @Option(
    help: ArgumentHelp(
      "The folder to make. Default: runs/memory-TASK, with a number if there is one.",
      valueName: "folder"
    )
  )
  var output: String?

  func validate() throws {
    try Program.checkEnvironment()
    _ = try plan()
    try checkThreads(threads)
    if let output, output.isEmpty {
      throw ValidationError("--output needs a folder, such as --output memory")
    }
  }

  func run() throws {
    let plan = try plan()
    try plan.checkMemory()
    let folder = try ResultFolder(new: output, otherwise: "runs/memory-\(task.rawValue)")
    var session = MemorySession(plan, threads: threads, folder: folder)
    try session.run()
  }

  /// What was asked for.
  private func plan() throws -> MemoryPlan {
    try checkCount("--hidden", hidden, 1...LayerSizes.mostUnits)
    try checkCount("--steps", steps, 1...1_000_000)
    try checkCount("--batch", batch, 1...4_096)
    try checkCount("--seeds", seeds, 1...1_000)
    if !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is \(learningRate); use a number above 0")
    }
    return MemoryPlan(
      task: task,
      cells: try cellNames(),
      lags: try lagNumbers(),
      seeds: seeds,
      hidden: hidden,
      steps: steps,
      batch: batch,
      learningRate: learningRate,
      initialization: initialization
    )
  }

  private func cellNames() throws -> [CellName] {
    let names = try cells.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let cell = CellName(rawValue: String(word)) else {
        throw ValidationError("--cells has '\(word)'; use \(CellName.list)")
      }
      return cell
    }
    guard Set(names).count == names.count else {
      throw ValidationError("--cells names a cell twice; name each once")
    }
    return names
  }

  private func lagNumbers() throws -> [Int] {
    let least = task.leastLag
    let numbers = try lags.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let lag = Int(word), least...DataSelection.mostLag ~= lag else {
        throw ValidationError(
          """
          --lags has '\(word)'; use whole numbers from \(least) to \(DataSelection.mostLag) for \
          \(task.rawValue), such as 50,100
          """
        )
      }
      return lag
    }
    guard Set(numbers).count == numbers.count else {
      throw ValidationError("--lags names a lag twice; name each once")
    }
    return numbers.sorted()
  }
}
