import Foundation
import Recurrent

/// What a measurement gave, for other programs: as JSON or as comma-separated values.
struct BenchRecord: Codable, Equatable {
  /// The numbers of one task.
  struct Row: Codable, Equatable {
    var job: String
    /// Batch, steps, input and hidden size; for the product the sizes of the matrices.
    var shape: String
    var threads: Int
    var medianSeconds: Double
    var bestSeconds: Double
    /// Necessary operations in a nanosecond, at the median.
    var gigaflops: Double
    /// The rate divided by that of the matrix product on as many threads.
    var shareOfProduct: Double
    /// The time on one thread divided by this one, where both were measured.
    var scaling: Double?
  }

  var version = Version.text
  var machine = Machine.current
  var instructionSet = Recurrent.instructionSet
  var cell: CellName
  var rounds: Int
  /// The least share of their time that the threads of a product ran; small on a busy machine.
  var processorShare: Double
  var rows: [Row]

  /// Puts tasks and their timings together; among the tasks are products on as many threads.
  init(
    cell: CellName,
    rounds: Int,
    tasks: [any BenchTask],
    timings: [BenchRounds.Timing]
  ) {
    self.cell = cell
    self.rounds = rounds
    let measured = zip(tasks, timings)
    var products: [Int: Double] = [:]
    var onOneThread: [String: Double] = [:]
    for (task, timing) in measured {
      if task is MatrixProductTask { products[task.threads] = task.operations / timing.median }
      if task.threads == 1 { onOneThread[task.name + task.shape] = timing.median }
    }
    processorShare =
      measured.filter { $0.0 is MatrixProductTask }.map(\.1.processorShare).min() ?? 1
    rows = measured.map { task, timing in
      let rate = task.operations / timing.median
      return Row(
        job: task.name,
        shape: task.shape,
        threads: task.threads,
        medianSeconds: timing.median,
        bestSeconds: timing.best,
        gigaflops: rate / 1e9,
        shareOfProduct: products[task.threads].map { rate / $0 } ?? 0,
        scaling: onOneThread[task.name + task.shape].map { $0 / timing.median }
      )
    }
  }

  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The rows as comma-separated values, with the machine in every row.
  var commaSeparated: String {
    let head = """
      version,processor,processors,instruction_set,cell,job,shape,threads,median_seconds,\
      best_seconds,gigaflops,share_of_product,scaling
      """
    let processor = "\"" + machine.processor.replacing("\"", with: "\"\"") + "\""
    let start = "\(version),\(processor),\(machine.processors),\(instructionSet),\(cell.rawValue)"
    let lines = rows.map { row in
      [
        start, row.job, row.shape, "\(row.threads)", "\(row.medianSeconds)", "\(row.bestSeconds)",
        "\(row.gigaflops)", "\(row.shareOfProduct)", row.scaling.map { "\($0)" } ?? "",
      ].joined(separator: ",")
    }
    return ([head] + lines).joined(separator: "\n") + "\n"
  }
}
