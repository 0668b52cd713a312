import Recurrent

/// What a scaling model was given, and what it gave: `scaling.json`.
struct ScalingRecord: Codable {
  static let fileName = "scaling.json"

  /// A result: a step of a batch with so many processes.
  struct Row: Codable, Equatable {
    let batch: Int
    let shards: Int
    let processes: Int
    let method: ExchangeMethod
    let secondsPerStep: Double
    let examplesPerSecond: Double
    /// The examples in a second, in multiples of those of one process.
    let speedup: Double
    /// The speedup divided by the processes.
    let efficiency: Double
    /// The share of the step that messages take.
    let messageShare: Double
  }

  /// Results with as many rows for each process, whatever their number.
  struct WeakScaling: Codable, Equatable {
    let rowsPerProcess: Int
    let rows: [Row]
  }

  /// A whole step that was measured, and what the model says of it.
  struct WholeStep: Codable, Equatable {
    let rows: Int
    let measuredSeconds: Double
    let modelSeconds: Double
  }

  /// What is asked of the model.
  struct Plan: Codable, Equatable {
    var batches: [Int]
    var processes: [Int]
    var rowsPerProcess: [Int]
  }

  var version = Version.text
  var machine = Machine.current
  var instructionSet = Recurrent.instructionSet
  /// What is trained, in words.
  var model: String
  var layers: [LayerDescription]
  var optimizer: OptimizerName
  var parameters: Int
  /// The steps and features of a sequence, and the numbers of an answer.
  var steps: Int
  var features: Int
  var outputs: Int
  var plan: Plan
  var network: Network
  /// The network that the figures stand for; nil where both were given.
  var networkName: NetworkName?
  var threads: Int
  var seed: UInt64
  var simulations: Int
  var costs: StepCosts
  var wholeStep: WholeStep
  /// The floats of a gradient from which on it is exchanged by halves, by the number of processes.
  var halvingFrom: [String: Double]
  var strong: [Row]
  var weak: [WeakScaling]
  var assumptions: [String] = []

  /// Asks a model about everything that is planned.
  init(
    of subject: ScalingSubject,
    _ measured: StepCostMeasurement.Result,
    _ model: ScalingModel,
    _ plan: Plan,
    networkName: NetworkName?
  ) {
    self.model = subject.title
    (layers, optimizer) = (subject.model.layerDescriptions ?? [], subject.recipe.optimizer)
    parameters = subject.model.parameterCount
    (steps, features, outputs) = (subject.steps, subject.features, subject.outputs)
    (self.plan, self.networkName) = (plan, networkName)
    (network, threads, costs) = (model.network, model.threads, model.costs)
    (seed, simulations) = (model.seed, model.simulations)
    wholeStep = measured.wholeStep
    let choice = ExchangeChoice(network: model.network, costs: model.costs)
    halvingFrom = Dictionary(
      uniqueKeysWithValues: plan.processes.compactMap { count in
        choice.threshold(processes: count).map { ("\(count)", $0.rounded(.up)) }
      }
    )
    strong = plan.batches.flatMap { Self.strong(model, batch: $0, plan.processes) }
    weak = plan.rowsPerProcess.map { rows in
      WeakScaling(
        rowsPerProcess: rows,
        rows: Self.weak(model, rowsPerProcess: rows, plan.processes)
      )
    }
    assumptions = ScalingAssumptions(record: self).sentences
  }

  /// The same batch with more and more processes.
  static func strong(_ model: ScalingModel, batch: Int, _ processes: [Int]) -> [Row] {
    let outcomes = model.outcomes(batch: batch, processes: [1] + processes)
    return outcomes.dropFirst().map {
      row($0, batch: batch, rate: Double(batch) / outcomes[0].seconds)
    }
  }

  /// A batch of so many rows for each of more and more processes.
  static func weak(_ model: ScalingModel, rowsPerProcess: Int, _ processes: [Int]) -> [Row] {
    let alone = model.outcomes(batch: rowsPerProcess, processes: [1])[0]
    let rate = Double(rowsPerProcess) / alone.seconds
    return processes.map { count in
      let batch = rowsPerProcess * count
      return row(model.outcomes(batch: batch, processes: [count])[0], batch: batch, rate: rate)
    }
  }

  /// A result, compared with the examples that one process takes in a second.
  private static func row(_ outcome: ScalingModel.Outcome, batch: Int, rate: Double) -> Row {
    let examplesPerSecond = Double(batch) / outcome.seconds
    let speedup = examplesPerSecond / rate
    return Row(
      batch: batch,
      shards: outcome.shards,
      processes: outcome.processes,
      method: outcome.method,
      secondsPerStep: outcome.seconds,
      examplesPerSecond: examplesPerSecond,
      speedup: speedup,
      efficiency: speedup / Double(outcome.processes),
      messageShare: outcome.messageShare
    )
  }
}
