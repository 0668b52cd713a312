import ArgumentParser
import Foundation
import Recurrent

/// The files that a measurement is kept in, each written in one piece when all is done.
struct BenchFiles {
  var json: String?
  var csv: String?
  var svg: String?

  private var named: [(option: String, path: String)] {
    [("--json", json), ("--csv", csv), ("--svg", svg)].compactMap { option, path in
      path.map { (option, $0) }
    }
  }

  /// Refuses names that are none, or the same twice.
  func validate() throws {
    for (option, path) in named where path.isEmpty {
      throw ValidationError("\(option) needs a file's name, such as bench.\(option.dropFirst(2))")
    }
    if Set(named.map(\.path)).count < named.count {
      throw ValidationError(
        "\(named.map(\.option).joined(separator: " and ")) name one file; use two"
      )
    }
  }

  /// Refuses places that cannot be written to, before the time is spent.
  func check() throws {
    for (_, path) in named {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
        throw CommandFailure("\(path): is a folder; give the name of a file")
      }
      try FileInProgress(replacing: path).discard()
    }
  }

  /// Writes the files, and says so.
  func write(_ record: BenchRecord, picture: String?) throws {
    let texts = [(json, try record.json()), (csv, record.commaSeparated), (svg, picture ?? "")]
    for case (let path?, let text) in texts {
      try WholeFile.write(Array(text.utf8), to: path)
      print("Written: \(path)")
    }
  }
}
