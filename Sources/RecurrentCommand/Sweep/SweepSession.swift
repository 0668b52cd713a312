import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// A sweep that is under way: hands trainings to places until none is left, and keeps what comes of
/// them.
struct SweepSession {
  /// A training in a place.
  private struct Work {
    /// Where it is among all.
    let training: Int
    /// Whether it was begun from here, rather than by an earlier sweep that was killed.
    let isOwn: Bool
  }

  /// How long to wait before places are asked again, in microseconds.
  private static let pause: UInt32 = 20_000
  /// The record is written once in so long at most, for sweeps of very many short trainings.
  private static let writingPause = Duration.seconds(1)
  /// What `train` exits with, or what ends it before it listens, when it is asked to end.
  private static let requests = [SIGHUP, SIGINT, SIGTERM]

  private let folder: SweepFolder
  private let places: [any SweepPlace]
  private let threads: Int
  private let interruption = Interruption()
  private let progress = ProgressLine()
  private let start = ContinuousClock.now
  private var record: SweepRecord
  private var works: [Work?]
  /// The trainings that are not begun, the next one last.
  private var waiting: [Int] = []
  /// How many came to an end here.
  private var ended = 0
  private var isStopping = false
  /// What keeps trainings from being begun.
  private var obstacle: (any Error)?
  private var lastWritten = ContinuousClock.now

  /// Takes a sweep that is to be begun or gone on with.
  init(_ record: SweepRecord, in folder: SweepFolder, at places: [any SweepPlace], threads: Int) {
    self.record = record
    self.folder = folder
    self.places = places
    self.threads = threads
    works = places.map { _ in nil }
  }

  /// Trains what is left, and tells what all came to.
  mutating func run() throws {
    for place in record.trainings.indices where record.trainings[place].state == .open {
      _ = takeResult(ofTrainingAt: place)
    }
    waiting = record.trainings.indices.filter { record.trainings[$0].state == .open }.reversed()
    describe()
    while true {
      noteEnds()
      if !isStopping, interruption.receivedSignal != nil || obstacle != nil { stop() }
      if !isStopping { fillPlaces() }
      if works.allSatisfy({ $0 == nil }), isStopping || waiting.isEmpty { break }
      progress.show(progressText)
      usleep(Self.pause)
    }
    progress.clear()
    try folder.writeAll(record)
    if let obstacle { throw CommandFailure("\(obstacle); then go on with '\(resumeCommand)'") }
    try endIfInterrupted()
    try conclude()
  }

  private var resumeCommand: String { "recurrent sweep --resume \(folder.argument)" }

  // MARK: - Trainings

  /// Begins trainings where there is room.
  private mutating func fillPlaces() {
    for (number, place) in places.enumerated() where works[number] == nil {
      guard obstacle == nil, let next = waiting.popLast() else { return }
      do {
        let isOwn = try place.start(job(for: record.trainings[next]))
        works[number] = Work(training: next, isOwn: isOwn)
        if !isOwn {
          tell("\(record.name(of: record.trainings[next])) is in training still; waiting for it")
        }
      } catch {
        obstacle = error
      }
    }
  }

  /// What a training is called with: to go on where there is something to go on with.
  private func job(for training: SweepTraining) throws -> SweepJob {
    let path = folder.run(of: training, in: record.plan)
    let words = record.arguments(of: record.trials[training.trial - 1])
    let isBegun = (try? RunFolder(existing: path, orBegun: true)) != nil
    // An empty folder is what a training leaves that was killed as it made it; no other is removed.
    if !isBegun { rmdir(path) }
    let start =
      isBegun
      ? ["--resume=\(path)"] + (try TrainCommand.parse(words).checkpoints.arguments)
      : ["--run=\(path)", "--seed=\(training.seed)"] + words
    return SweepJob(
      arguments: ["train", "--threads=\(threads)"] + start,
      log: folder.log(of: training, in: record.plan)
    )
  }

  /// Asks all trainings to save and end.
  private mutating func stop() {
    isStopping = true
    for (number, place) in places.enumerated() {
      place.stop()
      if works[number]?.isOwn == false { works[number] = nil }
    }
  }

  /// Takes notice of trainings that ended.
  private mutating func noteEnds() {
    for (number, place) in places.enumerated() {
      guard let work = works[number], let end = place.end() else { continue }
      works[number] = nil
      note(end, of: work)
      if ContinuousClock.now - lastWritten > Self.writingPause {
        lastWritten = .now
        // What cannot be written now is written at the end, or found in the runs' folders.
        try? folder.write(record, isFlushed: false)
      }
    }
  }

  private mutating func note(_ end: SweepEnd, of work: Work) {
    let place = work.training
    if takeResult(ofTrainingAt: place) {
      ended += 1
      tell(line(of: record.trainings[place]))
      return
    }
    let reason: String
    switch end {
    case .unseen where !work.isOwn:
      waiting.append(place)
      return
    case .exited(let code) where Self.requests.contains(code - 128): return
    case .killed(let signal) where Self.requests.contains(signal): return
    case .unseen: reason = "nobody knows how it ended"
    case .killed(let signal): reason = "was killed by signal \(signal)"
    case .exited(let code):
      let log = folder.log(of: record.trainings[place], in: record.plan)
      reason = log.error ?? "ended with exit code \(code), see \(log.path)"
    }
    ended += 1
    record.trainings[place].fail(reason)
    tell(line(of: record.trainings[place]))
  }

  /// Takes what a training's own record says, if it came to its end.
  private mutating func takeResult(ofTrainingAt place: Int) -> Bool {
    let path = folder.run(of: record.trainings[place], in: record.plan)
    guard let run = try? RunRecord(of: RunFolder(existing: path)),
      let outcome = SweepTraining.Outcome(run, record.measure)
    else { return false }
    record.trainings[place].finish(outcome)
    return true
  }

  // MARK: - What is told

  private func describe() {
    let (plan, count) = (record.plan, record.trials.count)
    let names = plan.axes.map(\.option.name)
    let first = names.dropLast().joined(separator: ", ")
    let list = (names.count > 1 ? "\(first) and " : "") + names[names.count - 1]
    let seeds =
      plan.seeds > 1
      ? ", each from seeds \(plan.seed) to \(plan.seed + UInt64(plan.seeds - 1))" : ""
    let workers = places.count == 1 ? "one" : "\(places.count)"
    print("Sweep on \(record.data): \(count) trials of \(list)\(seeds)")
    print(
      """
      Ranked by validation \(record.measure.rawValue), on \(record.validationCount) examples; \
      \(workers) at a time, \(threads) thread\(threads == 1 ? "" : "s") each
      """
    )
    let (finished, failed) = (record.count(.finished), record.count(.failed))
    if finished + failed > 0 {
      print(
        """
        \(finished) of \(record.trainings.count) trainings came to their end before\
        \(failed > 0 ? "; \(failed) failed, which --retry would try again" : "")
        """
      )
    }
    flushOutput()
  }

  /// What a training came to, in a line.
  private func line(of training: SweepTraining) -> String {
    let start = "\(record.name(of: training)), \(record.trials[training.trial - 1].words): "
    guard let outcome = training.outcome else {
      return start + "failed: \(SweepStandings.brief(training.reason ?? ""))"
    }
    let seconds = outcome.seconds
    let time = seconds < 60 ? "\(decimals(seconds, 1)) s" : duration(seconds)
    let epochs = "\(outcome.epochs) epoch\(outcome.epochs == 1 ? "" : "s")"
    return start + "\(record.measure.text(outcome.validation)) after \(epochs) in \(time)"
  }

  private func tell(_ line: String) {
    progress.clear()
    print(line)
    if !flushOutput() { interruption.noteClosedOutput() }
  }

  /// How far all is, in a line.
  private var progressText: String {
    let busy = works.compactMap { $0.map { record.trainings[$0.training] } }
    let names = busy.map { "\($0.trial)" }.joined(separator: ", ")
    if isStopping { return "waiting until trial \(names) is saved" }
    let total = record.trainings.count
    let done = total - waiting.count - busy.count
    let spent = (ContinuousClock.now - start) / .seconds(1)
    let left = Double(waiting.count + busy.count) * spent / Double(max(ended, 1))
    let bar = progressBar(Double(done) / Double(total))
    return "\(done) of \(total) \(bar) in training: trial \(names)"
      + (ended == 0 ? "" : "  \(duration(left)) left")
  }

  /// Ends the sweep if a signal asked for it, with everything saved and one line on how to go on.
  private func endIfInterrupted() throws {
    guard let signal = interruption.receivedSignal else { return }
    let count = record.trainings.count
    let done = count - record.count(.open)
    let rest = done == count ? "" : ", and what the others had is saved"
    throw Interruption.Ended(
      signal: signal,
      description:
        "interrupted: \(done) of \(count) trainings are done\(rest); go on with '\(resumeCommand)'"
    )
  }

  private func conclude() throws {
    let standings = SweepStandings(record)
    print()
    for line in standings.lines { print(line) }
    if let verdict = standings.verdict { print(verdict) }
    print("Folder: \(folder.path) (sweep.csv, sweep.svg, sweep.json)")
    if let choice = standings.choice(in: folder) { print(choice) }
    flushOutput()
    let open = record.count(.open)
    guard open == 0 else {
      throw CommandFailure(
        """
        \(open) training\(open == 1 ? " was" : "s were") asked to end by somebody else; go on with \
        '\(resumeCommand)'
        """
      )
    }
    guard !standings.ranked.isEmpty else {
      throw CommandFailure("no trial came to its end from every seed; \(folder.table) says why")
    }
  }
}

extension CheckpointOptions {
  /// The options as they are typed.
  fileprivate var arguments: [String] {
    ["--checkpoint-minutes=\(checkpointMinutes)", "--keep-checkpoints=\(keepCheckpoints)"]
      + (checkpointSteps.map { ["--checkpoint-steps=\($0)"] } ?? [])
  }
}
