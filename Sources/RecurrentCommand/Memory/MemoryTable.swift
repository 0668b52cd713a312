import RecurrentData

/// The results in columns for people, a row as soon as it is known.
struct MemoryTable {
  let plan: MemoryPlan

  private var cellWidth: Int { max(4, plan.cells.map(\.title.count).max() ?? 0) }

  /// The line above the rows.
  var head: String {
    line(["lag", "cell", "mean", "least", "most", "solved", "seconds"])
  }

  /// What a cell came to at a lag.
  func row(_ result: MemoryRecord.Result) -> String {
    func text(_ measure: Double?) -> String { measure.map(plan.task.text) ?? "diverged" }
    return line([
      "\(result.lag)", result.cell.title, text(result.mean), text(result.range?.lowerBound),
      text(result.range?.upperBound), "\(result.solved)/\(result.count)",
      decimals(result.seconds, 1),
    ])
  }

  private func line(_ cells: [String]) -> String {
    let widths = [5, cellWidth, 8, 8, 8, 6, 7]
    return zip(cells, widths).enumerated().map { column, pair in
      let (cell, width) = pair
      let space = String(repeating: " ", count: max(0, width - cell.count))
      return column == 1 ? cell + space : space + cell
    }.joined(separator: "  ")
  }

  /// Up to which lag each cell solved the task.
  func conclusions(_ record: MemoryRecord) -> [String] {
    plan.cells.filter { !record.results($0).isEmpty }.map { cell in
      guard let memory = record.memory(of: cell) else {
        return "\(cell.title): solved at no lag from every seed"
      }
      return "\(cell.title): solved from every seed up to lag \(memory)"
    }
  }
}
