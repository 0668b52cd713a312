import RecurrentReports

/// Training steps of many sizes, hidden units by sequences in a batch, on all threads.
struct BenchGrid {
  static let steps = 28

  var hiddenSizes = [4, 8, 16, 24, 32, 48, 64, 100, 128, 200, 256, 512, 1024]
  var batches = [1, 4, 16, 32, 64, 128, 256]
  var cell: CellName
  var features: Int
  var threads: Int
  /// How long a shape is repeated.
  var seconds: Double

  /// What is measured, and how.
  struct Plan {
    var tasks: [any BenchTask]
    var rounds: BenchRounds
    /// The number of shapes left out since they would take too long.
    var leftOut: Int
    /// About how long it takes, in seconds.
    var estimate: Double
  }

  /// The whole takes no more than this many times as long as if each shape kept to its time.
  private static let patience = 6.0

  /// Chooses fewer rounds, and then fewer large shapes, until the whole takes not too long.
  func plan(_ speed: BenchSpeed) -> Plan {
    let product = MatrixProductTask(
      size: speed.productSize(within: 2 * seconds),
      threads: threads
    )
    let shapes = hiddenSizes.flatMap { hidden in
      batches.map { shape(hidden: hidden, batch: $0) }
    }
    var models = shapes.map { ModelTask(work: .training, cell: cell, sizes: $0, threads: threads) }
    let limit = Self.patience * seconds * Double(shapes.count)
    var rounds = BenchRounds(seconds: seconds, keepsMemory: false)
    func estimate() -> Double {
      rounds.estimate(([product] + models).map(speed.estimate))
    }
    for count in [3, 1] where estimate() > limit { rounds.count = count }
    while estimate() > limit, models.count > 1 {
      let largest = models.indices.max { models[$0].operations < models[$1].operations }
      models.remove(at: largest ?? 0)
    }
    return Plan(
      tasks: [product] + models,
      rounds: rounds,
      leftOut: shapes.count - models.count,
      estimate: estimate()
    )
  }

  private func shape(hidden: Int, batch: Int) -> BenchShape {
    BenchShape(batch, Self.steps, features, hidden)
  }

  /// The rates by hidden size and then by batch; nil where a shape was left out.
  private func rates(of record: BenchRecord) -> [[Double?]] {
    let known = Dictionary(record.rows.map { ($0.shape, $0.gigaflops) }) { first, _ in first }
    return hiddenSizes.map { hidden in
      batches.map { known[shape(hidden: hidden, batch: $0).text] }
    }
  }

  /// The rate of the matrix product, in billions of operations a second.
  private func productRate(of record: BenchRecord) -> Double? {
    record.rows.first { $0.job == "product" }?.gigaflops
  }

  private var title: String {
    """
    GFLOP/s of a training step: \(cell.title), \(Self.steps) steps of \(features), \
    \(threads) thread\(threads == 1 ? "" : "s")
    """
  }

  /// The rates as lines of text.
  func lines(_ record: BenchRecord) -> [String] {
    let head = ["hidden \\ batch"] + batches.map { "\($0)" }
    let rows = zip(hiddenSizes, rates(of: record)).map { hidden, rates in
      ["\(hidden)"] + rates.map { $0.map(BenchTable.rate) ?? "-" }
    }
    let product = productRate(of: record).map(BenchTable.rate) ?? "-"
    return [title, "The matrix product reaches \(product).", ""]
      + alignedLines([head] + rows, textColumns: 0)
  }

  /// The rates as a picture.
  func heatMap(_ record: BenchRecord) -> HeatMap {
    let product = productRate(of: record)
    let scale =
      product.map { " Shade: share of the matrix product's \(BenchTable.rate($0))." } ?? ""
    return HeatMap(
      title: title,
      note: "\(record.machine.processor), \(record.instructionSet).\(scale)",
      rowLabel: "hidden",
      columnLabel: "batch",
      rowNames: hiddenSizes.map { "\($0)" },
      columnNames: batches.map { "\($0)" },
      values: rates(of: record),
      unit: "GFLOP/s",
      fullValue: product
    )
  }
}
