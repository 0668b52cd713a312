import Recurrent
import RecurrentData
import RecurrentReports

/// Trainings of several contenders on the same data: what is printed as they end, and what is kept.
struct RaceSession {
  /// One that races.
  struct Contender {
    let name: String
    let recipe: Recipe
  }

  /// A training was asked to end.
  private struct Stopped: Error {}

  private let contenders: [Contender]
  private let data: RunData
  private let task: LearningTask
  private let seeds: Int
  private let seconds: Double?
  private let threads: Int
  private let folder: ResultFolder
  private let interruption = Interruption()
  private let progress = ProgressLine()
  private var record: RaceRecord

  init(
    _ contenders: [Contender],
    data: RunData,
    selection: DataSelection,
    seeds: Int,
    seconds: Double?,
    threads: Int,
    folder: ResultFolder
  ) {
    self.contenders = contenders
    self.data = data
    task = selection.task
    self.seeds = seeds
    self.seconds = seconds
    self.threads = threads
    self.folder = folder
    record = RaceRecord(
      contenders.map(\.name),
      data: data,
      selection: selection,
      seconds: seconds,
      threads: threads
    )
  }

  /// Trains everything, seed by seed, and writes what came of it.
  mutating func run() throws {
    describe()
    let clock = ContinuousClock()
    let start = clock.now
    do {
      for seed in 1...seeds {
        for contender in contenders {
          let result = try train(contender, seed: UInt64(seed))
          progress.clear()
          record.results.append(result)
          print(record.line(of: result))
          if !flushOutput() { interruption.noteClosedOutput() }
          try folder.write(try record.json(), as: RaceRecord.fileName)
        }
      }
    } catch is Stopped {
      progress.clear()
      try end()
    }
    try writeAll()
    print()
    for line in record.conclusions { print(line) }
    print("\(record.results.count) trainings took \(duration((clock.now - start) / .seconds(1)))")
    print("Folder: \(folder.path) (\(RaceRecord.chartName), \(RaceRecord.fileName))")
  }

  private func writeAll() throws {
    try folder.write(try record.json(), as: RaceRecord.fileName)
    try folder.write(record.chart.svg, as: RaceRecord.chartName)
  }

  private func describe() {
    print("Race on \(record.data.title): \(contenders.map(\.name).joined(separator: ", "))")
    for remark in data.remarks { print(remark) }
    let budget =
      seconds.map { "about \(duration($0)) of training" }
      ?? "\(contenders[0].recipe.epochs) times through \(data.training.count) examples"
    print(
      """
      Each from seed\(seeds == 1 ? " 1" : "s 1 to \(seeds)"), \(budget); judged by \
      \(record.measure.words) on \(data.heldOut.count) \(data.heldOutName) \
      \(data.heldOut.stream == nil ? "examples" : "windows"); \
      \(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet)
      """
    )
    flushOutput()
  }

  private func train(_ contender: Contender, seed: UInt64) throws -> RaceRecord.Result {
    var recipe = contender.recipe
    if let seconds {
      // One epoch that does not count tells how many there is time for.
      let trial = try trained(recipe, contender, seed: seed, epochs: 1)
      let once = trial.epochs.last?.seconds ?? seconds
      recipe.epochs = max(1, min(1_000_000, Int(seconds / max(once, 1e-6))))
    }
    return try trained(recipe, contender, seed: seed, epochs: recipe.epochs)
  }

  private func trained(
    _ recipe: Recipe,
    _ contender: Contender,
    seed: UInt64,
    epochs: Int
  ) throws -> RaceRecord.Result {
    guard let model = recipe.model(for: data.training, seed: seed) else {
      throw CommandFailure("\(contender.name) cannot read such examples")
    }
    let trainer = recipe.trainer(of: model, seed: seed, threads: threads)
    var result = RaceRecord.Result(
      contender: contender.name,
      seed: seed,
      parameters: model.parameterCount
    )
    var trainingSeconds = 0.0
    let (progress, interruption) = (progress, interruption)
    let number = record.results.count + 1
    let total = contenders.count * seeds
    for epoch in 1...epochs {
      do {
        let report = try trainer.trainEpoch(on: data.training) { step in
          progress.show(
            """
            training \(number)/\(total): \(contender.name), seed \(seed), epoch \(epoch)/\(epochs) \
            \(progressBar(Double(step.step) / Double(step.steps))) loss \(decimals(step.cost, 4))
            """
          )
          if interruption.receivedSignal != nil { trainer.pause() }
        }
        if interruption.receivedSignal != nil { throw Stopped() }
        trainingSeconds += report.seconds
      } catch is TrainingError {
        return result
      }
      let current = trainer.averagedModel ?? trainer.model
      let watched = data.validation.map { current.compare(with: $0, threads: threads) }
      if let watched { trainer.observe(watched.cost) }
      result.epochs.append(
        RaceRecord.Epoch(
          seconds: trainingSeconds,
          cost: watched?.cost,
          accuracy: task.hasAccuracy ? watched?.accuracy : nil
        )
      )
    }
    let outcome = try RunOutcome(
      of: trainer.averagedModel ?? trainer.model,
      task,
      on: data.heldOut,
      of: data,
      threads: threads
    )
    let value = record.measure.value(of: outcome)
    result.value = value.isFinite ? value : nil
    return result
  }

  /// Keeps what is done, and ends.
  private func end() throws {
    guard let signal = interruption.receivedSignal else { return }
    guard !record.results.isEmpty else {
      folder.remove()
      throw Interruption.Ended(
        signal: signal,
        description: "interrupted before the first training was done: nothing is kept"
      )
    }
    try writeAll()
    throw Interruption.Ended(
      signal: signal,
      description: """
        interrupted: \(record.results.count) of \(contenders.count * seeds) trainings are done, and \
        written to \(folder.path)
        """
    )
  }
}
