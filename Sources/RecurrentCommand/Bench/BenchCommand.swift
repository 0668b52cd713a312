import ArgumentParser
import Foundation
import Recurrent
import RecurrentReports

/// `recurrent bench`: how fast recurrent models train and answer on this machine.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast this machine trains and runs recurrent models.",
    discussion: """
      A row is one training step, one pass forward over a batch, or one stream: all steps of one \
      sequence, one call each, on one thread. GFLOP/s are the operations that cannot be left out, \
      two for a multiply-add: no gradient of the data, no product with a zero state, no head. They \
      are compared with a large matrix product by the same kernel, which takes its turns among the \
      rows.
      """
  )

  /// What is measured where no shape is asked for.
  private static let usual: [(ModelWork, BenchShape)] = [
    (.training, BenchShape(128, 28, 28, 128)),
    (.training, BenchShape(64, 784, 1, 128)),
    (.training, BenchShape(32, 100, 64, 64)),
    (.training, BenchShape(128, 28, 28, 512)),
    (.training, BenchShape(1, 28, 28, 128)),
    (.coarseTraining, BenchShape(128, 28, 28, 128)),
    (.inference, BenchShape(128, 28, 28, 128)),
    (.inference, BenchShape(64, 784, 1, 128)),
    (.streaming, BenchShape(1, 1000, 28, 128)),
    (.streaming, BenchShape(1, 1000, 64, 64)),
    (.streaming, BenchShape(1, 1000, 1, 16)),
  ]

  @Option(help: "The recurrent cell: \(CellName.list).")
  var cell = CellName.lstm

  @Option(
    parsing: .unconditional,
    help: "The most threads; there is a row for 1, 2, 4, ... up to it."
  )
  var threads = TrainingOptions.availableThreads

  @Option(
    parsing: .unconditional,
    help: "How long to repeat each row, in seconds. Default: 0.5, with --grid 0.25."
  )
  var seconds: Double?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A shape of your own, such as 128x28x28x128; can be repeated.",
      valueName: "batchxstepsxinputxhidden"
    )
  )
  var shape: [String] = []

  @Option(parsing: .unconditional, help: "Features to which an LSTM's hidden state is projected.")
  var projection: Int?

  @Flag(help: "Measure training steps of many hidden and batch sizes instead, on all threads.")
  var grid = false

  @Option(parsing: .unconditional, help: "Features of a step in the grid. Default: 28.")
  var features: Int?

  @Flag(help: "Measure what the tape costs instead: cells of one's own beside the fused LSTM.")
  var tape = false

  @Option(help: ArgumentHelp("Keep the numbers as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Keep the numbers as comma-separated values.", valueName: "file"))
  var csv: String?

  @Option(help: ArgumentHelp("Draw the grid as a heat map.", valueName: "file"))
  var svg: String?

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    if let seconds, !(seconds > 0 && seconds <= 3600) {
      throw ValidationError("--seconds is \(seconds); use a number above 0, up to 3600")
    }
    if grid && !shape.isEmpty {
      throw ValidationError("--shape does not go with --grid; the grid has shapes of its own")
    }
    if let features {
      guard grid else { throw ValidationError("--features goes with --grid; name it in --shape") }
      guard (1...16_384).contains(features) else {
        throw ValidationError("--features is \(features); use a whole number from 1 to 16384")
      }
    }
    if tape && (grid || cell != .lstm) {
      throw ValidationError("--tape has cells of its own; leave out --grid and --cell")
    }
    if svg != nil && !grid {
      throw ValidationError("--svg draws the grid; add --grid, or use --json or --csv")
    }
    let shapes = try ownShapes()
    if let projection {
      guard cell.isLSTM && !grid && !tape else {
        throw ValidationError("--projection goes with --cell lstm and its like, and with --shape")
      }
      let least = (shapes.isEmpty ? Self.usual.map(\.1) : shapes).map(\.hidden).min() ?? 0
      guard 1..<least ~= projection else {
        throw ValidationError(
          "--projection is \(projection); use a number below the \(least) hidden units of a shape"
        )
      }
    }
    try files.validate()
  }

  func run() async throws {
    try files.check()
    let machine = Machine.current
    print(
      """
      Recurrent \(Version.text) on \(machine.processor), \(machine.processors) \
      processor\(machine.processors == 1 ? "" : "s"), \(instructionSet)
      """
    )
    let speed = try BenchSpeed()
    if grid {
      try measureGrid(speed)
    } else if tape {
      try measureTape(speed)
    } else {
      try measureRows(speed)
    }
  }

  private var files: BenchFiles { BenchFiles(json: json, csv: csv, svg: svg) }

  /// The shapes asked for, none of which would take more than half of the memory.
  private func ownShapes() throws -> [BenchShape] {
    let shapes = try shape.map(BenchShape.init(argument:))
    for shape in shapes {
      let gigabytes = shape.memory / 1e9
      guard gigabytes < Double(ProcessInfo.processInfo.physicalMemory) / 2e9 else {
        throw ValidationError(
          """
          --shape \(shape.text) takes about \(decimals(gigabytes, 0)) GB, more than half of this \
          machine's memory; use a smaller one
          """
        )
      }
    }
    return shapes
  }

  private func measureRows(_ speed: BenchSpeed) throws {
    let seconds = seconds ?? 0.5
    let own = try ownShapes().flatMap { shape in ModelWork.allCases.map { ($0, shape) } }
    let counts = Self.threadCounts(upTo: threads)
    let size = speed.productSize(within: 2 * seconds)
    var tasks: [any BenchTask] = counts.map { MatrixProductTask(size: size, threads: $0) }
    for (work, shape) in own.isEmpty ? Self.usual : own
    where work.isPossible(batch: shape.batch) {
      tasks += counts.filter { work.isShared || $0 == 1 }.map { threads in
        ModelTask(
          work: work,
          cell: cell,
          sizes: shape,
          threads: threads,
          projectionSize: projection
        )
      }
    }
    let rounds = BenchRounds(seconds: seconds)
    print(
      """
      \(cell.title); a shape is batch x steps x input x hidden
      \(Self.announcement(tasks.count, "row", rounds, rounds.estimate(tasks.map(speed.estimate))))

      """
    )
    let record = try measured(tasks, rounds)
    try report(record, BenchTable(rows: record.rows).lines, picture: nil)
  }

  /// Times the tape beside the fused layer of the same size, which the last column divides by.
  private func measureTape(_ speed: BenchSpeed) throws {
    let own = try ownShapes()
    let shapes = own.isEmpty ? [BenchShape(128, 28, 28, 128)] : own
    let counts = Self.threadCounts(upTo: threads)
    let rounds = BenchRounds(seconds: seconds ?? 1)
    let tasks: [any BenchTask] = shapes.flatMap { shape in
      counts.flatMap { threads in
        TapeTask.Subject.allCases.map { TapeTask(subject: $0, sizes: shape, threads: threads) }
      }
    }
    let products = counts.map { MatrixProductTask(size: 256, threads: $0) as any BenchTask }
    print(
      """
      A training step; a shape is batch x steps x input x hidden
      \(Self.announcement(tasks.count, "row", rounds, rounds.estimate(tasks.map(speed.estimate))))

      """
    )
    let record = try measured(products + tasks, rounds)
    let rows = record.rows.dropFirst(products.count)
    let fused = Dictionary(
      rows.filter { $0.job == TapeTask.Subject.fusedLSTM.rawValue }
        .map { ("\($0.shape) \($0.threads)", $0.medianSeconds) }
    ) { first, _ in first }
    let lines = rows.map { row in
      [
        row.job, row.shape, "\(row.threads)", BenchTable.time(row.medianSeconds),
        BenchTable.time(row.bestSeconds), BenchTable.rate(row.gigaflops),
        fused["\(row.shape) \(row.threads)"].map { decimals(row.medianSeconds / $0, 2) } ?? "",
      ]
    }
    let head = ["job", "shape", "threads", "median", "best", "GFLOP/s", "of fused"]
    try report(record, alignedLines([head] + lines, textColumns: 2), picture: nil)
  }

  private func measureGrid(_ speed: BenchSpeed) throws {
    let grid = BenchGrid(
      cell: cell,
      features: features ?? 28,
      threads: threads,
      seconds: seconds ?? 0.25
    )
    let plan = grid.plan(speed)
    let count = plan.tasks.count - 1
    print(Self.announcement(count, "shape", plan.rounds, plan.estimate))
    if plan.leftOut > 0 {
      print("Left out, since they would take too long here: the \(plan.leftOut) largest.")
    }
    print()
    let record = try measured(plan.tasks, plan.rounds)
    try report(record, grid.lines(record), picture: grid.heatMap(record).svg)
  }

  /// Prints the numbers, says what to think of them, and keeps them.
  private func report(_ record: BenchRecord, _ lines: [String], picture: String?) throws {
    for line in lines { print(line) }
    // A product leaves no thread without work but for a moment at its end.
    if record.processorShare < 0.85 {
      print(
        """

        This machine was busy: the threads ran \(decimals(100 * record.processorShare, 0))% of the \
        time they could have used. Measure again when nothing else runs.
        """
      )
    }
    try files.write(record, picture: picture)
  }

  /// What is going to be done, and how long it takes.
  private static func announcement(
    _ count: Int,
    _ noun: String,
    _ rounds: BenchRounds,
    _ estimate: Double
  ) -> String {
    """
    Measuring \(count) \(noun)\(count == 1 ? "" : "s") in \(rounds.count) \
    round\(rounds.count == 1 ? "" : "s"), about \(duration(max(1, estimate)))
    """
  }

  /// Measures, and says on a terminal how far it is.
  private func measured(_ tasks: [any BenchTask], _ rounds: BenchRounds) throws -> BenchRecord {
    flushOutput()
    let line = ProgressLine()
    defer { line.clear() }
    let timings = try rounds.measure(tasks) { now in
      line.show(
        """
        round \(now.round)/\(rounds.count) \(progressBar(now.share)) \
        \(now.task.name) \(now.task.shape), \(now.task.threads) \
        thread\(now.task.threads == 1 ? "" : "s")
        """
      )
    }
    return BenchRecord(cell: cell, rounds: rounds.count, tasks: tasks, timings: timings)
  }

  /// 1, 2, 4 and so on, and the limit itself.
  static func threadCounts(upTo limit: Int) -> [Int] {
    var counts: [Int] = []
    var count = 1
    while count < limit {
      counts.append(count)
      count *= 2
    }
    return counts + [limit]
  }
}
