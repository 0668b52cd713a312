import Foundation
import Recurrent
import RecurrentReports

/// The folder that what memory was measured is kept in.
struct MemoryFolder {
  let path: String

  var record: String { path + "/memory.json" }
  var lagChart: String { path + "/lags.svg" }
  var gradientChart: String { path + "/gradient.svg" }

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

  /// Keeps the numbers.
  func write(_ record: MemoryRecord) throws {
    try WholeFile.write(Array(try record.json().utf8), to: self.record)
  }

  /// Keeps the numbers and the pictures.
  func writeAll(_ record: MemoryRecord) throws {
    try write(record)
    let charts = MemoryCharts(record: record)
    try WholeFile.write(Array(charts.byLag.svg.utf8), to: lagChart)
    if charts.gradientLag != nil {
      try WholeFile.write(Array(charts.gradient.svg.utf8), to: gradientChart)
    }
  }

  /// Removes the folder and what is in it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
