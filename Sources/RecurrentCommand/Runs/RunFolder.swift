import ArgumentParser
import Foundation
import Recurrent

/// The folder of one training run: its record, its model, its numbers and its pictures.
struct RunFolder {
  /// The folder that runs given by a plain name are in.
  static let parent = "runs"

  let path: String

  var name: String { URL(filePath: path).lastPathComponent }
  var model: String { path + "/model.safetensors" }
  var record: String { path + "/run.json" }
  var metrics: String { path + "/metrics.csv" }
  var report: String { path + "/report.html" }
  var checkpoints: String { path + "/checkpoint" }
  var events: String { path + "/tensorboard" }
  private var lockFile: String { path + "/.lock" }

  /// What names the run in a command typed here.
  var argument: String { shellWord(path == "\(Self.parent)/\(name)" ? name : path) }

  /// The folder of an existing run, given by its name or by its path.
  ///
  /// Where it will do for a run to have been begun, its checkpoints may stand for its record.
  init(existing name: String, orBegun: Bool = false) throws {
    let candidates = name.contains("/") ? [name] : ["\(Self.parent)/\(name)", name]
    for candidate in candidates {
      let folder = RunFolder(path: candidate)
      if FileManager.default.fileExists(atPath: folder.record)
        || orBegun && folder.hasCheckpoints
      {
        self = folder
        return
      }
    }
    throw CommandFailure(
      "\(candidates[0]): there is no run here (no run.json); \(Self.advice(beside: name))"
    )
  }

  /// Makes the folder of a new run.
  ///
  /// A name that was asked for must be free; a default name gets a number until it is.
  init(new name: String?, otherwise base: String) throws {
    if let name {
      let path = try Self.freePath(of: name)
      let folder = RunFolder(path: path)
      guard try Self.create(path) || folder.neverBegan else { throw Self.taken(path) }
      self.init(path: path)
      return
    }
    var number = 1
    while true {
      let path = "\(Self.parent)/\(base)\(number == 1 ? "" : "-\(number)")"
      if try Self.create(path) {
        self.init(path: path)
        return
      }
      number += 1
    }
  }

  private init(path: String) { self.path = path }

  /// Names a folder that another process has; nothing is read or written here.
  init(ofOthers path: String) { self.path = path }

  /// The path that a new run of this name gets; it must be free.
  ///
  /// Asked before the data are loaded, which may take a long download.
  @discardableResult
  static func freePath(of name: String) throws -> String {
    try checkName(name)
    let path = name.contains("/") ? name : "\(parent)/\(name)"
    if FileManager.default.fileExists(atPath: path) && !RunFolder(path: path).neverBegan {
      throw taken(path)
    }
    return path
  }

  /// Refuses what is no name of a run.
  static func checkName(_ name: String) throws {
    guard !name.isEmpty, name != ".", name != ".." else {
      throw ValidationError("--run needs a name, such as --run first")
    }
  }

  /// Whether TensorBoard is shown the run.
  var hasEvents: Bool { FileManager.default.fileExists(atPath: events) }

  private var hasCheckpoints: Bool { !CheckpointFolder(checkpoints).steps.isEmpty }

  /// Whether the folder has nothing but what a run leaves that was killed before it began.
  private var neverBegan: Bool {
    let lock = URL(filePath: lockFile).lastPathComponent
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path),
      names.contains(lock)
    else { return false }
    let folder = URL(filePath: checkpoints).lastPathComponent
    return names.allSatisfy { $0 == lock || $0 == folder || $0.hasSuffix(".partial") }
  }

  /// Takes the lock of the run; nobody else writes into the folder while it is held.
  ///
  /// What killed processes had begun to write there is removed.
  func lock() throws -> FileLock {
    do {
      let lock = try FileLock(lockFile)
      FileInProgress.removeLeftovers(in: path)
      FileInProgress.removeLeftovers(in: checkpoints)
      return lock
    } catch let error as FileLock.Held {
      throw CommandFailure(
        "\(path): \(error.holder) is training this run; wait for it, or choose another --run NAME"
      )
    }
  }

  private static func taken(_ path: String) -> CommandFailure {
    CommandFailure("\(path): already exists; choose another --run NAME, or delete it")
  }

  /// Makes a folder and those above it; false if there is something of that name.
  private static func create(_ path: String) throws -> Bool {
    let url = URL(filePath: path)
    let files = FileManager.default
    do {
      try files.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
    } catch {
      throw refusal(path)
    }
    do {
      try files.createDirectory(at: url, withIntermediateDirectories: false)
      return true
    } catch {
      if files.fileExists(atPath: path) { return false }
      throw refusal(path)
    }
  }

  private static func refusal(_ path: String) -> CommandFailure {
    CommandFailure(
      "\(path): the run's folder cannot be made; choose a --run folder you may write to"
    )
  }

  /// Removes the folder and what is in it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// Writes text as a file of the run, in one piece.
  func write(_ text: String, to path: String, isFlushed: Bool = true) throws {
    try WholeFile.write(Array(text.utf8), to: path, isFlushed: isFlushed)
  }

  /// What to do when there is no run of a name.
  private static func advice(beside name: String) -> String {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [])
      .filter { FileManager.default.fileExists(atPath: "\(parent)/\($0)/run.json") }.sorted()
    return names.isEmpty
      ? "train one with 'recurrent train'"
      : "runs here are " + names.prefix(8).joined(separator: ", ")
        + (names.count > 8 ? ", ..." : "")
  }
}
