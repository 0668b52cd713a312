import Foundation
import RecurrentReports

extension ScalingRecord {
  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The results as comma-separated values; rows for each process where these are what stays the same.
  var commaSeparated: String {
    let head = """
      scaling,rows_per_process,batch,shards,processes,method,seconds_per_step,examples_per_second,\
      speedup,efficiency,message_share
      """
    func line(_ kind: String, _ row: Row) -> String {
      """
      \(kind),\(row.batch),\(row.shards),\(row.processes),\(row.method.rawValue),\
      \(row.secondsPerStep),\(row.examplesPerSecond),\(row.speedup),\(row.efficiency),\
      \(row.messageShare)
      """
    }
    let weakLines = weak.flatMap { scaling in
      scaling.rows.map { line("weak,\(scaling.rowsPerProcess)", $0) }
    }
    return ([head] + strong.map { line("strong,", $0) } + weakLines).joined(separator: "\n") + "\n"
  }

  /// Writes the folder's files.
  func write(to folder: ResultFolder) throws {
    let charts = ScalingCharts(record: self)
    try folder.write(try json(), as: Self.fileName)
    try folder.write(commaSeparated, as: "scaling.csv")
    try folder.write(charts.strong.svg, as: "strong-scaling.svg")
    try folder.write(charts.weak.svg, as: "weak-scaling.svg")
    try folder.write(assumptions.joined(separator: "\n") + "\n", as: "assumptions.txt")
  }
}
