import Foundation
import RecurrentReports

/// Everything that was measured, and on what.
struct Results: Codable {
  let machine: Machine
  let rounds: Int
  let secondsPerTurn: Double
  /// What the contenders run on, by name.
  var versions: [String: String] = [:]
  /// Requirements that could not be installed, and why.
  var leftOut: [String: String] = [:]
  var jobs: [JobResult] = []

  init(machine: Machine, rounds: Int, secondsPerTurn: Double) {
    self.machine = machine
    self.rounds = rounds
    self.secondsPerTurn = secondsPerTurn
  }

  /// Writes the numbers, the tables and the chart.
  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let contents = [
      "results.json": String(decoding: try encoder.encode(self), as: UTF8.self) + "\n",
      "results.md": markdown,
      "results.svg": chart.svg,
    ]
    for (name, text) in contents {
      do {
        try Data(text.utf8).write(to: folder.appending(path: name), options: .atomic)
      } catch {
        throw CompareFailure("cannot write \(name) in \(folder.path)")
      }
    }
  }
}
