import ArgumentParser
import Foundation
import Recurrent

/// The folder that the results of an experiment are kept in.
struct ResultFolder {
  let path: String

  /// Refuses a name that is none, or is taken.
  static func checkFree(_ path: String) throws {
    guard !path.isEmpty else {
      throw ValidationError("--output needs a folder, such as --output results")
    }
    if FileManager.default.fileExists(atPath: path) { throw taken(path) }
  }

  /// Makes the folder; a path that was asked for must be free, a default one gets a number until it is.
  init(new asked: String?, otherwise base: String) throws {
    if let asked {
      guard try Self.create(asked) else { throw Self.taken(asked) }
      path = asked
      return
    }
    var number = 1
    while true {
      let path = base + (number == 1 ? "" : "-\(number)")
      if try Self.create(path) {
        self.path = path
        return
      }
      number += 1
    }
  }

  /// The folder of a run, whose results they are.
  init(of run: RunFolder) { path = run.path }

  /// Makes a folder and those above it; false if there is something of that name.
  private static func create(_ path: String) throws -> Bool {
    let files = FileManager.default
    let url = URL(filePath: path)
    do {
      try files.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try files.createDirectory(at: url, withIntermediateDirectories: false)
      return true
    } catch {
      if files.fileExists(atPath: path) { return false }
      throw CommandFailure(
        "\(path): the folder cannot be made; choose an --output folder you may write to"
      )
    }
  }

  private static func taken(_ path: String) -> CommandFailure {
    CommandFailure("\(path): already exists; choose another --output, or delete it")
  }

  /// Writes a file of text into it.
  func write(_ text: String, as name: String) throws {
    try WholeFile.write(Array(text.utf8), to: path + "/" + name)
  }

  /// Removes the folder and what is in it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
