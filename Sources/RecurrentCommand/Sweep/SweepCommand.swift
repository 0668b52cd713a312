import ArgumentParser
import Foundation
import Recurrent

/// `recurrent sweep`: which settings do best, by many trainings beside one another.
struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Train with many settings, and rank them.",
    usage: """
      recurrent sweep [<data>] --over <option=values> ... [--draw <option=values> ... --trials <n>] \
      [<options of train> ...]
      recurrent sweep --resume <sweep>
      """,
    discussion: """
      Such as: recurrent sweep digits --epochs 3 --over learning-rate=0.001,0.004 --over hidden=32,64

      Everything else on the line is as for train, and is the same in all trials. Each training is a \
      process and a run of its own, which every other command takes. Trials are ranked by validation \
      examples, never by the test. The same command again goes on where it was interrupted.

      What can be swept: \(SweptOption.all.map(\.name).joined(separator: ", ")).
      """
  )

  @Option(
    help: ArgumentHelp(
      """
      An option of train and values to try, such as hidden=32,64; all combinations are tried. Where \
      values hold commas, slashes separate them: hidden=64/64,64. The value default leaves it out.
      """,
      valueName: "option=values"
    )
  )
  var over: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      An option and what to draw its value from: a list, a range such as dropout=0..0.5, or one of \
      equally likely ratios, learning-rate=0.0001..0.1:log. Each draw is tried with all of --over.
      """,
      valueName: "option=values"
    )
  )
  var draw: [String] = []

  @Option(parsing: .unconditional, help: "How many settings to draw.")
  var trials: Int?

  @Option(
    parsing: .unconditional,
    help: "What decides the draws, and, as for train, the first training of each trial. Default: 1."
  )
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: "Train each trial so often, from the seed, the one after it, and so on. Default: 1."
  )
  var seeds: Int?

  @Option(
    parsing: .unconditional,
    help: """
      Trainings beside one another, of each process that a launcher started. Default: as many as the \
      processors have threads for.
      """
  )
  var workers: Int?

  @Option(parsing: .unconditional, help: "Threads of each training; results do not depend on it.")
  var threads = 1

  @Option(help: "The sweep's name under runs/, or a path. Default: sweep-DATA.")
  var run: String?

  @Option(
    help: ArgumentHelp("Go on with a sweep, or tell again what came of it.", valueName: "sweep")
  )
  var resume: String?

  @Flag(help: "Try again what failed before.")
  var retry = false

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("The data, and any option of train.", valueName: "options of train")
  )
  var options: [String] = []

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    try checkCount("--workers", workers, 1...1_024)
    guard resume != nil else {
      if let run { try RunFolder.checkName(run) }
      return try plan().check()
    }
    let isAlone =
      over.isEmpty && draw.isEmpty && options.isEmpty && trials == nil && seed == nil
      && seeds == nil && run == nil
    guard isAlone else {
      throw ValidationError(
        "--resume names a sweep, which knows what it tries; leave out all but --workers and --threads"
      )
    }
  }

  func run() async throws {
    if let group = LaunchedProcesses.group, !group.isFirst {
      return try SweepFollower.run(in: group, workers: usedWorkers)
    }
    if let resume {
      try await goOn(in: SweepFolder(existing: resume), asked: nil)
      return
    }
    let plan = try plan()
    let preparation = try SweepPreparation(plan, plan.trials())
    let folder = SweepFolder(named: run ?? "sweep-\(preparation.shortName)")
    guard !folder.isSweep else {
      try await goOn(in: folder, asked: plan)
      return
    }
    try folder.checkFree()
    let record = try await preparation.record(threads: allThreads)
    try folder.create()
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    try folder.write(record)
    try train(record, in: folder)
  }

  /// What was asked for.
  private func plan() throws -> SweepPlan {
    SweepPlan(
      options: options,
      over: try over.map { try SweepAxis($0, isDrawn: false) },
      draw: try draw.map { try SweepAxis($0, isDrawn: true) },
      draws: trials,
      seed: seed ?? 1,
      seeds: seeds ?? 1
    )
  }

  /// Goes on with a sweep that was begun, if it is the one that is asked for.
  private func goOn(in folder: SweepFolder, asked: SweepPlan?) async throws {
    let lock = try folder.lock()
    defer { withExtendedLifetime(lock) {} }
    var record = try SweepRecord(of: folder)
    if let asked {
      let differences = asked.differences(from: record.plan)
      guard differences.isEmpty else {
        throw CommandFailure(
          """
          \(folder.path): was begun as another sweep: \(differences.joined(separator: ", ")); choose \
          another --run NAME
          """
        )
      }
    }
    if retry {
      for place in record.trainings.indices where record.trainings[place].state == .failed {
        record.trainings[place].reopen()
      }
    }
    if record.count(.open) > 0 { try await record.checkData(threads: allThreads) }
    try train(record, in: folder)
  }

  private func train(_ record: SweepRecord, in folder: SweepFolder) throws {
    let others = try LaunchedProcesses.group.map(SweepFollower.places) ?? []
    defer { for (rank, _) in others { rank.close() } }
    let places: [any SweepPlace] =
      (0..<usedWorkers).map { _ in LocalPlace() } + others.flatMap(\.1)
    var session = SweepSession(
      record,
      in: folder,
      at: Array(places.prefix(record.trainings.count)),
      threads: threads
    )
    try session.run()
  }

  /// The trainings that this process has side by side.
  private var usedWorkers: Int { workers ?? max(1, LaunchedProcesses.usualThreads / threads) }

  /// The threads that may work before any training does.
  private var allThreads: Int { TrainingOptions.availableThreads }
}
