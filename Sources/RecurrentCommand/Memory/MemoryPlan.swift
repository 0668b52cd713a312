import ArgumentParser
import Recurrent
import RecurrentData

/// What is trained to see how far back cells remember: every cell at every lag from every seed, all
/// with the same number of steps and the same examples.
struct MemoryPlan: Codable, Equatable {
  /// The examples a trained model is judged on.
  static let testExamples = 2_000
  /// The examples by which the gradient's flow is measured.
  static let flowExamples = 64

  var task: MemoryTask
  var cells: [CellName]
  /// The lags, the shortest first.
  var lags: [Int]
  /// The seeds are 1 to this number.
  var seeds: Int
  var hidden: Int
  var steps: Int
  var batch: Int
  var learningRate: Float
  var initialization: MemoryStart

  /// The number of trainings.
  var count: Int { cells.count * lags.count * seeds }

  /// How a model for a lag is made and trained; a step is an epoch of its own, with new examples.
  func recipe(_ cell: CellName, lag: Int) -> Recipe {
    var structure = ModelStructure()
    if task.asksAtSteps { structure.summary = .allOutputs }
    return Recipe(
      cell: cell,
      hiddenSize: LayerSizes(hidden),
      initialization: initialization.initialization(lag: lag),
      epochs: steps,
      batchSize: batch,
      optimizer: .adam,
      learningRate: learningRate,
      clip: 1,
      schedule: .linear,
      structure: structure == ModelStructure() ? nil : structure
    )
  }

  /// Refuses what cannot be trained here, before any time is spent.
  func checkMemory() throws {
    guard let longest = lags.last else { return }
    let example = task.dataset(0..<1, lag: longest, seed: 1, split: .training)
    for cell in cells {
      try recipe(cell, lag: longest).checkMemory(steps: example.steps, features: example.features)
    }
  }
}

/// How the starting values of models are drawn.
enum MemoryStart: RawRepresentable, Codable, Equatable {
  /// As for the other commands.
  case named(Initialization)
  /// With gates that forget over times from 1 step to the lag.
  case chrono

  /// The name, such as "keras"; "chrono" for one whose memory is the lag.
  var rawValue: String {
    switch self {
    case .named(let initialization): initialization.rawValue
    case .chrono: "chrono"
    }
  }

  init?(rawValue: String) {
    if rawValue == "chrono" {
      self = .chrono
    } else if let initialization = Initialization(rawValue: rawValue) {
      self = .named(initialization)
    } else {
      return nil
    }
  }

  /// The starting values for a lag.
  func initialization(lag: Int) -> Initialization {
    switch self {
    case .named(let initialization): initialization
    case .chrono: .chrono(memory: max(lag, 2))
    }
  }
}

extension MemoryStart: ExpressibleByArgument {
  /// What can be asked for.
  static var allValueStrings: [String] { Initialization.allValueStrings + ["chrono"] }
}
