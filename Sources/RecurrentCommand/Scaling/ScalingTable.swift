/// The results in columns for people.
struct ScalingTable {
  let record: ScalingRecord

  private static let head = [
    "processes", "step", "examples/s", "speedup", "efficiency", "messages",
  ]

  /// Batch by batch, up to the number of processes from which on more are of no use.
  var strong: [String] {
    let numbers = record.plan.processes
    let rows = record.strong.filter { row in
      row.processes <= numbers.first { $0 >= row.shards } ?? row.processes
    }
    return alignedLines(
      [["batch", "shards"] + Self.head]
        + rows.map { ["\($0.batch)", "\($0.shards)"] + Self.cells($0) },
      textColumns: 0
    )
  }

  /// By the rows of each process.
  var weak: [String] {
    let rows = record.weak.flatMap { scaling in
      scaling.rows.map { ["\(scaling.rowsPerProcess)", "\($0.batch)"] + Self.cells($0) }
    }
    return alignedLines([["rows each", "batch"] + Self.head] + rows, textColumns: 0)
  }

  private static func cells(_ row: ScalingRecord.Row) -> [String] {
    [
      "\(row.processes)", BenchTable.time(row.secondsPerStep), decimals(row.examplesPerSecond, 0),
      decimals(row.speedup, 2), decimals(100 * row.efficiency, 1) + "%",
      decimals(100 * row.messageShare, 1) + "%",
    ]
  }
}
