import RecurrentReports

extension MemoryRecord {
  /// Keeps the numbers.
  func write(to folder: ResultFolder) throws { try folder.write(try json(), as: "memory.json") }

  /// Keeps the numbers and the pictures.
  func writeAll(to folder: ResultFolder) throws {
    try write(to: folder)
    let charts = MemoryCharts(record: self)
    try folder.write(charts.byLag.svg, as: "lags.svg")
    if charts.gradientLag != nil { try folder.write(charts.gradient.svg, as: "gradient.svg") }
  }
}
