import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats

/// `recurrent budget`: how much of the time between two samples a step of a model takes.
struct BudgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget",
    abstract: "Measure whether one step of a model is in time, and how large a model would be.",
    discussion: """
      Steps of one stream are timed one by one on one thread, in three rounds, of which the quietest \
      counts. Steps during which the system took the processor away are told apart. The largest hidden size is that of a model with the same cell, \
      options, layers, inputs and outputs whose step keeps within the time but for one in 1000, found \
      by measuring multiples of 16 up to 4096.
      """
  )

  @Argument(help: "The run, by its name under runs/ or its folder; or a file of a model.")
  var source: String?

  @Option(
    parsing: .unconditional,
    help: "Steps a second; with --block, samples a second, such as 48000."
  )
  var rate: Double

  @Option(parsing: .unconditional, help: "Samples that one step answers to.")
  var block = 1

  @Option(help: "Without a run, the recurrent cell: \(CellName.list). Default: lstm.")
  var cell: CellName?

  @Option(parsing: .unconditional, help: "Without a run, features of a step. Default: 1.")
  var inputs: Int?

  @Option(
    parsing: .unconditional,
    help: "Without a run, hidden units, such as 32, or 32,32 for two layers. Default: 32."
  )
  var hidden: LayerSizes?

  @Option(parsing: .unconditional, help: "Without a run, numbers that a step gives. Default: 1.")
  var outputs: Int?

  @Option(help: "How the model keeps its weights: float32 or int8.")
  var weights = StreamingWeights.float32

  @Option(parsing: .unconditional, help: "How long to measure the model, in seconds.")
  var seconds = 1.0

  @Option(help: ArgumentHelp("Keep the numbers as JSON.", valueName: "file"))
  var json: String?

  func validate() throws {
    try Program.checkEnvironment()
    guard rate > 0 && rate <= 1e9 else {
      throw ValidationError("--rate is \(rate); use a number above 0, up to 1000000000")
    }
    try checkCount("--block", block, 1...1_000_000)
    guard seconds > 0 && seconds <= 3600 else {
      throw ValidationError("--seconds is \(seconds); use a number above 0, up to 3600")
    }
    let describes = cell != nil || inputs != nil || hidden != nil || outputs != nil
    if source != nil && describes {
      throw ValidationError(
        "a run has a cell and sizes of its own; leave out --cell, --inputs, --hidden and --outputs"
      )
    }
    for (name, value) in [("--inputs", inputs), ("--outputs", outputs)] {
      try checkCount(name, value, 1...65_536)
    }
    try hidden?.check("--hidden", most: 4096)
    try files.validate()
  }

  private var files: BenchFiles { BenchFiles(json: json) }

  func run() async throws {
    try files.check()
    let (name, model) = try subject()
    let stream: StreamingModel
    do {
      stream = try StreamingModel(model, weights: weights)
    } catch {
      throw CommandFailure("\(name): \(error)")
    }
    guard let layers = model.layerDescriptions else {
      throw CommandFailure("\(name): has a layer that cannot be described")
    }
    let machine = Machine.current
    print("Recurrent \(Version.text) on \(machine.processor), \(instructionSet)")
    print("\(name): \(model.parameterCount) weights\(weights == .int8 ? ", in 8 bits" : "")")
    flushOutput()
    let deadline = StepDeadline(rate: rate, block: block)
    let times = StepMeasurement(seconds: seconds).times(of: stream)
    let record = BudgetRecord(
      model: name,
      layers: layers,
      outputs: model.head.outputSize,
      weights: weights,
      deadline: deadline,
      times: times,
      search: try search(layers, summary: model.summary, model.head.outputSize, deadline)
    )
    for line in record.lines { print(line) }
    if let json {
      try WholeFile.write(Array(record.json().utf8), to: json)
      print("Written: \(json)")
    }
  }

  /// The model of the run, or the one that was asked for, with quickly drawn weights.
  private func subject() throws -> (name: String, model: SequenceModel) {
    if let source {
      let read = try ModelSource(source)
      return (read.name, read.model)
    }
    let (cell, sizes) = (cell ?? .lstm, (hidden ?? 32).sizes)
    let (inputs, outputs) = (inputs ?? 1, outputs ?? 1)
    var layers: [LayerDescription] = []
    var size = inputs
    for hidden in sizes {
      layers.append(
        LayerDescription(directions: [cell.direction(inputSize: size, hiddenSize: hidden)])
      )
      size = hidden
    }
    let title =
      "\(cell.title) \(([inputs] + sizes + [outputs]).map(String.init).joined(separator: " -> "))"
    guard Self.fits(layers, outputs: outputs), let model = Self.model(layers, outputs: outputs)
    else {
      throw CommandFailure(
        "\(title) takes more than half of this machine's memory; use fewer units"
      )
    }
    return (title, model)
  }

  private func search(
    _ layers: [LayerDescription],
    summary: SequenceModel.Summary,
    _ outputs: Int,
    _ deadline: StepDeadline
  ) throws -> HiddenSizeSearch.Result {
    let sizes = HiddenSizeSearch.all.filter {
      layers.resized(to: $0).map { Self.fits($0, outputs: outputs) } ?? false
    }
    let measurement = StepMeasurement(seconds: seconds / 2)
    let line = ProgressLine()
    defer { line.clear() }
    return try HiddenSizeSearch(sizes: sizes, deadline: deadline).result { hidden in
      line.show("hidden size \(hidden)")
      guard let layers = layers.resized(to: hidden),
        let model = Self.model(layers, summary: summary, outputs: outputs)
      else { throw CommandFailure("there is no such model of \(hidden) hidden units") }
      return try measurement.times(
        of: StreamingModel(model, weights: weights),
        limit: deadline.seconds
      )
    }
  }

  /// A model of layers whose starting values are quickly drawn.
  private static func model(
    _ layers: [LayerDescription],
    summary: SequenceModel.Summary = .lastOutput,
    outputs: Int
  ) -> SequenceModel? {
    var stream = RandomStream(seed: 1, purpose: .initialisation)
    let made = layers.compactMap { $0.makeLayer(initialization: .torch, using: &stream) }
    guard made.count == layers.count else { return nil }
    return SequenceModel(
      made,
      summary: summary,
      classes: outputs,
      initialization: .torch,
      seed: 1
    )
  }

  /// Whether weights of layers, as they are and packed, take less than half of this machine's memory.
  private static func fits(_ layers: [LayerDescription], outputs: Int) -> Bool {
    let head = Double(outputs) * Double(layers.last?.directions[0].hiddenSize ?? 0)
    return 3 * 4 * (layers.matrixElements + head)
      < Double(ProcessInfo.processInfo.physicalMemory) / 2
  }
}
