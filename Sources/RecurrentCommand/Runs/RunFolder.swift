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

  /// The folder of an existing run, given by its name or by its path.
  init(existing name: String) throws {
    let candidates = name.contains("/") ? [name] : ["\(Self.parent)/\(name)", name]
    for candidate in candidates {
      let folder = RunFolder(path: candidate)
      if FileManager.default.fileExists(atPath: folder.record) {
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
      guard try Self.create(path) else { throw Self.taken(path) }
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

  /// The path that a new run of this name gets; it must be free.
  ///
  /// Asked before the data are loaded, which may take a long download.
  @discardableResult
  static func freePath(of name: String) throws -> String {
    guard !name.isEmpty, name != ".", name != ".." else {
      throw ValidationError("--run needs a name, such as --run first")
    }
    let path = name.contains("/") ? name : "\(parent)/\(name)"
    if FileManager.default.fileExists(atPath: path) { throw taken(path) }
    return path
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
  func write(_ text: String, to path: String) throws {
    try WholeFile.write(Array(text.utf8), to: path)
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
