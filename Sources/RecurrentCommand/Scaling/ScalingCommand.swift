import ArgumentParser
import Recurrent

/// `recurrent scaling`: what training with many processes would take.
struct ScalingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Model what training with many processes on a network would take.",
    discussion: """
      The parts of a training step are measured on one thread of this machine; a step with many \
      processes is then simulated on a network whose figures are given or assumed. Tables, charts, \
      all numbers and the assumptions are left in a folder. A model, no measurement of many processes.
      """
  )

  @Argument(help: "The run whose model is trained: its name under runs/, or its folder.")
  var run: String?

  @Option(help: "Without a run, the recurrent cell: \(CellName.list). Default: lstm.")
  var cell: CellName?

  @Option(parsing: .unconditional, help: "Without a run, features of a step. Default: 28.")
  var inputs: Int?

  @Option(
    parsing: .unconditional,
    help: "Without a run, hidden units, such as 128, or 128,64 for two layers. Default: 128."
  )
  var hidden: LayerSizes?

  @Option(parsing: .unconditional, help: "Without a run, classes to tell apart. Default: 10.")
  var outputs: Int?

  @Option(parsing: .unconditional, help: "Without a run, steps of a sequence. Default: 28.")
  var steps: Int?

  @OptionGroup
  var network: NetworkOptions

  @Option(parsing: .unconditional, help: "Threads of each process.")
  var threads = 1

  @Option(parsing: .unconditional, help: "The rows of a batch, separated by commas.")
  var batches = "128,512,2048,8192,32768,65536"

  @Option(parsing: .unconditional, help: "The numbers of processes, separated by commas.")
  var processes = "1,2,4,8,16,32,64,128,256,512,1024"

  @Option(
    parsing: .unconditional,
    help: "For weak scaling, the rows of each process, separated by commas."
  )
  var rowsPerProcess = "64,128"

  @Flag(help: "Let shards of one size all take as long, rather than as unequally as was measured.")
  var noJitter = false

  @Option(parsing: .unconditional, help: "How many steps are simulated for each result.")
  var simulations = 50

  @Option(parsing: .unconditional, help: "What decides the draws of the simulation.")
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: "About how long to measure, in seconds.")
  var seconds = 10.0

  @Option(
    help: ArgumentHelp(
      "The folder to make. Default: runs/scaling-MODEL, with a number if there is one.",
      valueName: "folder"
    )
  )
  var output: String?

  func validate() throws {
    try Program.checkEnvironment()
    let describes =
      cell != nil || inputs != nil || hidden != nil || outputs != nil || steps != nil
    if run != nil && describes {
      throw ValidationError(
        """
        a run has a cell and sizes of its own; leave out --cell, --inputs, --hidden, --outputs and \
        --steps
        """
      )
    }
    for (name, value) in [("--inputs", inputs), ("--outputs", outputs), ("--steps", steps)] {
      try checkCount(name, value, 1...65_536)
    }
    try hidden?.check("--hidden", most: 4096)
    try checkThreads(threads)
    try checkCount("--simulations", simulations, 1...10_000)
    guard seconds > 0 && seconds <= 3600 else {
      throw ValidationError("--seconds is \(seconds); use a number above 0, up to 3600")
    }
    if let output, output.isEmpty {
      throw ValidationError("--output needs a folder, such as --output scaling")
    }
    _ = try plan()
  }

  func run() async throws {
    if let output { try ResultFolder.checkFree(output) }
    let subject = try subject()
    print("Recurrent \(Version.text) on \(Machine.current.processor), \(instructionSet)")
    print(subject.title)
    flushOutput()
    let line = ProgressLine()
    defer { line.clear() }
    let measured = try StepCostMeasurement(seconds: seconds).measure(subject) { share in
      line.show("measuring \(progressBar(share))")
    }
    line.clear()
    let costs = noJitter ? measured.costs.withoutJitter : measured.costs
    let model = ScalingModel(
      costs: costs,
      network: network.makeNetwork(costs),
      threads: threads,
      seed: seed,
      simulations: simulations
    )
    let record = ScalingRecord(
      of: subject,
      measured,
      model,
      try plan(),
      networkName: network.name
    )
    for line in ScalingText(record: record).lines(measured) { print(line) }
    let folder = try ResultFolder(
      new: output,
      otherwise: "\(RunFolder.parent)/scaling-\(subject.name)"
    )
    try record.write(to: folder)
    print(
      """
      Folder: \(folder.path) (strong-scaling.svg, weak-scaling.svg, assumptions.txt, scaling.csv, \
      \(ScalingRecord.fileName))
      """
    )
  }

  private func subject() throws -> ScalingSubject {
    if let run { return try ScalingSubject(run: run) }
    return try ScalingSubject(
      cell: cell ?? .lstm,
      hidden: hidden ?? 128,
      inputs: inputs ?? 28,
      outputs: outputs ?? 10,
      steps: steps ?? 28
    )
  }

  /// What is asked of the model.
  private func plan() throws -> ScalingRecord.Plan {
    ScalingRecord.Plan(
      batches: try numbers(batches, "--batches", 1...1_048_576, such: "128,512"),
      processes: try numbers(processes, "--processes", 1...4096, such: "1,2,4"),
      rowsPerProcess: try numbers(rowsPerProcess, "--rows-per-process", 1...4096, such: "64,128")
    )
  }

  /// The numbers of a list, the smallest first.
  private func numbers(
    _ text: String,
    _ option: String,
    _ range: ClosedRange<Int>,
    such example: String
  ) throws -> [Int] {
    let numbers = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let number = Int(word), range.contains(number) else {
        throw ValidationError(
          """
          \(option) has '\(word)'; use whole numbers from \(range.lowerBound) to \
          \(range.upperBound), such as \(example)
          """
        )
      }
      return number
    }
    guard Set(numbers).count == numbers.count else {
      throw ValidationError("\(option) has a number twice; name each once")
    }
    return numbers.sorted()
  }
}
