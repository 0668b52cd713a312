import Recurrent
import RecurrentData

/// Trainings for memory: what is printed as they end, and what is kept.
struct MemorySession {
  private let plan: MemoryPlan
  private let threads: Int
  private let folder: ResultFolder
  private let interruption = Interruption()
  private let progress = ProgressLine()
  private let table: MemoryTable
  private var record: MemoryRecord

  init(_ plan: MemoryPlan, threads: Int, folder: ResultFolder) {
    self.plan = plan
    self.threads = threads
    self.folder = folder
    table = MemoryTable(plan: plan)
    record = MemoryRecord(plan, threads: threads)
  }

  /// Trains everything, the shortest lag first, and writes what came of it.
  mutating func run() throws {
    describe()
    let clock = ContinuousClock()
    let start = clock.now
    for lag in plan.lags {
      for cell in plan.cells {
        do {
          for seed in 1...plan.seeds { try train(cell, lag, seed) }
        } catch is MemoryTrial.Ended {
          try end()
        }
        progress.clear()
        if let result = record.result(cell, lag: lag) { print(table.row(result)) }
        if !flushOutput() { interruption.noteClosedOutput() }
      }
    }
    try record.writeAll(to: folder)
    print()
    for line in table.conclusions(record) { print(line) }
    print("\(plan.count) trainings took \(duration((clock.now - start) / .seconds(1)))")
    print("Folder: \(folder.path) (lags.svg, gradient.svg, memory.json)")
  }

  private mutating func train(_ cell: CellName, _ lag: Int, _ seed: Int) throws {
    let trial = MemoryTrial(plan: plan, cell: cell, lag: lag, seed: seed)
    let number = record.trials.count + 1
    let (plan, progress, interruption) = (plan, progress, interruption)
    defer { progress.clear() }
    let result = try trial.run(measuresGradient: seed == 1, threads: threads) { step, cost in
      progress.show(
        """
        training \(number)/\(plan.count): \(cell.title), lag \(lag), seed \(seed) \
        \(progressBar(Double(step) / Double(plan.steps))) loss \(decimals(cost, 4))
        """
      )
      return interruption.receivedSignal == nil
    }
    record.trials.append(result)
    try record.write(to: folder)
  }

  private func describe() {
    let task = plan.task
    print("\(task.title): \(task.words)")
    print(
      """
      Guessing comes to \(task.measureWords) of \(task.text(of: task.guessing)); solved is \
      \(task.solvedWords) on \(MemoryPlan.testExamples) new examples
      """
    )
    print(
      """
      \(plan.hidden) hidden units, \(plan.steps) steps of \(plan.batch) new examples, adam, learning \
      rate \(plan.learningRate), starting values \(plan.initialization.rawValue)
      """
    )
    print(
      """
      Seed\(plan.seeds == 1 ? " 1" : "s 1 to \(plan.seeds)"), the same examples for every cell; \
      \(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet)

      \(table.head)
      """
    )
    flushOutput()
  }

  /// Keeps what is done, and ends.
  private func end() throws {
    progress.clear()
    guard let signal = interruption.receivedSignal else { return }
    guard !record.trials.isEmpty else {
      folder.remove()
      throw Interruption.Ended(
        signal: signal,
        description: "interrupted before the first training was done: nothing is kept"
      )
    }
    try record.writeAll(to: folder)
    throw Interruption.Ended(
      signal: signal,
      description: """
        interrupted: \(record.trials.count) of \(plan.count) trainings are done, and written to \
        \(folder.path)
        """
    )
  }
}
