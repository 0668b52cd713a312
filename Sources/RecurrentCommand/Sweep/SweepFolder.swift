import Foundation
import Recurrent
import RecurrentReports

/// The folder of a sweep: its record, its table, its chart, and a run's folder for each training.
struct SweepFolder {
  let path: String

  var record: String { path + "/sweep.json" }
  var table: String { path + "/sweep.csv" }
  var chart: String { path + "/sweep.svg" }
  private var lockFile: String { path + "/.lock" }

  /// The folder that a sweep of a name is in, whether there is one or not.
  init(named name: String) {
    var name = name
    while name.count > 1 && name.hasSuffix("/") { name.removeLast() }
    path = name.contains("/") ? name : "\(RunFolder.parent)/\(name)"
  }

  private init(path: String) { self.path = path }

  /// The folder of a sweep that was begun, given by its name or its path.
  init(existing name: String) throws {
    let usual = SweepFolder(named: name)
    let candidates = name.contains("/") ? [usual] : [usual, SweepFolder(path: name)]
    guard let found = candidates.first(where: \.isSweep) else {
      throw CommandFailure(
        """
        \(usual.path): there is no sweep here (no sweep.json); begin one with 'recurrent sweep' and \
        what it is to try
        """
      )
    }
    self = found
  }

  /// What names the sweep in a command typed here.
  var argument: String {
    let name = URL(filePath: path).lastPathComponent
    return shellWord(path == "\(RunFolder.parent)/\(name)" ? name : path)
  }

  /// Whether a sweep was begun here.
  var isSweep: Bool { FileManager.default.fileExists(atPath: record) }

  /// Refuses a place where there is something else.
  func checkFree() throws {
    guard FileManager.default.fileExists(atPath: path), !neverBegan else { return }
    throw CommandFailure("\(path): already exists; choose another --run NAME, or delete it")
  }

  /// Whether the folder has nothing but what a sweep leaves that was killed before it began.
  private var neverBegan: Bool {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      return false
    }
    return names.allSatisfy { $0 == ".lock" || $0.hasSuffix(".partial") }
  }

  /// Makes the folder, and those above it.
  func create() throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure(
        "\(path): the sweep's folder cannot be made; choose a --run folder you may write to"
      )
    }
  }

  /// Takes the lock of the sweep, so that nobody else goes on with it.
  func lock() throws -> FileLock {
    do {
      let lock = try FileLock(lockFile)
      FileInProgress.removeLeftovers(in: path)
      return lock
    } catch let error as FileLock.Held {
      throw CommandFailure(
        "\(path): \(error.holder) is at this sweep; wait for it, or choose another --run NAME"
      )
    }
  }

  /// Where the run of a training is kept, such as "runs/sweep-digits/trial-003-seed-2".
  func run(of training: SweepTraining, in plan: SweepPlan) -> String {
    let digits = "\(training.trial)"
    let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    return "\(path)/trial-\(number)" + (plan.seeds > 1 ? "-seed-\(training.seed)" : "")
  }

  /// What a training says.
  func log(of training: SweepTraining, in plan: SweepPlan) -> TrainingLog {
    TrainingLog(path: run(of: training, in: plan) + ".log")
  }

  /// Keeps what came of the sweep so far.
  func write(_ record: SweepRecord, isFlushed: Bool = true) throws {
    try WholeFile.write(Array(try record.json().utf8), to: self.record, isFlushed: isFlushed)
  }

  /// Keeps it, with its table and its chart.
  func writeAll(_ record: SweepRecord) throws {
    try write(record)
    let standings = SweepStandings(record)
    try WholeFile.write(Array(standings.commaSeparated(in: self).utf8), to: table)
    try WholeFile.write(Array(standings.chart.svg.utf8), to: chart)
  }
}
