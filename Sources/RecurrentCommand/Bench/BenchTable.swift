/// The numbers of a measurement in columns for people.
struct BenchTable {
  let rows: [BenchRecord.Row]

  /// The table's lines, the heading first.
  var lines: [String] {
    let head = [
      "job", "shape", "threads", "median", "best", "GFLOP/s", "of product", "scaling",
    ]
    let cells = rows.map { row in
      [
        row.job, row.shape, "\(row.threads)", Self.time(row.medianSeconds),
        Self.time(row.bestSeconds), Self.rate(row.gigaflops),
        decimals(100 * row.shareOfProduct, 0) + "%", row.scaling.map { decimals($0, 2) } ?? "",
      ]
    }
    return alignedLines([head] + cells, textColumns: 2)
  }

  /// A time in the unit that suits it, with three digits: "15.8 ms".
  static func time(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.000_999_5: threeDigits(seconds * 1e6) + " µs"
    case ..<0.999_5: threeDigits(seconds * 1e3) + " ms"
    default: threeDigits(seconds) + " s"
    }
  }

  /// A rate with a decimal where it is small: "152", "7.3".
  static func rate(_ gigaflops: Double) -> String { decimals(gigaflops, gigaflops < 99.95 ? 1 : 0) }

  private static func threeDigits(_ number: Double) -> String {
    decimals(number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0)
  }
}
