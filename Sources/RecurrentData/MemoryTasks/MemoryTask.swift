public import Recurrent

/// Tasks that only a network with a memory can do, drawn by code at any lag.
///
/// What is asked for depends on what stood in the sequence some steps before; how many is the lag,
/// so that a task says how far back a network can remember. Example `index` of a split depends on
/// the task, the lag, the seed, the split and the index alone.
public enum MemoryTask: String, Sendable, CaseIterable, Codable {
  /// Two of many numbers are marked; their sum is to be told at the end.
  case adding
  /// Ten symbols are to be told again after a blank time.
  case copy
  /// Two symbols stand among many; their order is to be told at the end.
  case temporalOrder = "temporal-order"
  /// Whether the number of ones so far is odd is to be told at each step.
  case parity
  /// Whether the number of ones is odd is to be told at the end only.
  case finalParity = "final-parity"

  /// Which examples of a seed: the parts share none.
  public enum Split: UInt32, CaseIterable, Sendable {
    /// For training.
    case training = 0
    /// For choosing between models.
    case validation = 1
    /// For the final measurement.
    case test = 2
  }

  /// The shortest lag at which there is such a task.
  public var leastLag: Int { self == .temporalOrder ? 10 : 2 }

  /// Whether a number is asked for rather than a class.
  public var asksForNumber: Bool { self == .adding }

  /// Whether something is asked for at steps rather than at the end.
  public var asksAtSteps: Bool { self == .copy || self == .parity }

  /// The number of features of a step.
  public var features: Int {
    switch self {
    case .adding: 2
    case .copy: CopyTask.symbols + 2
    case .temporalOrder: TemporalOrder.symbols
    case .parity, .finalParity: 1
    }
  }

  /// What the best guess comes to without any memory: the mean squared error where a number is asked
  /// for, else the share of answers that are right.
  public var guessing: Double {
    switch self {
    case .adding: 1 / 6
    case .copy: 1 / Double(CopyTask.symbols)
    case .temporalOrder: 1 / 4
    case .parity, .finalParity: 1 / 2
    }
  }

  /// Returns the examples of a split whose numbers are in `examples`.
  ///
  /// - Precondition: The lag is at least `leastLag`; there is at least one example, and their numbers
  ///   are from 0 to 4294967295.
  /// - Complexity: O(examples · lag).
  public func dataset(
    _ examples: Range<Int>,
    lag: Int,
    seed: UInt64,
    split: Split
  ) -> SequenceDataset {
    require(
      lag >= leastLag,
      "the task \(rawValue) needs a lag of at least \(leastLag), got \(lag)"
    )
    require(
      !examples.isEmpty && examples.lowerBound >= 0 && examples.upperBound <= 1 << 32,
      "the task \(rawValue) has examples 0 to 4294967295, asked for \(examples)"
    )
    let streams = examples.map { index in
      RandomStream(
        seed: seed,
        purpose: .tasks,
        epoch: split.rawValue << 16 | streamNumber,
        index: UInt32(index)
      )
    }
    return switch self {
    case .adding: AddingProblem.dataset(lag: lag, drawnFrom: streams)
    case .copy: CopyTask.dataset(lag: lag, drawnFrom: streams)
    case .temporalOrder: TemporalOrder.dataset(lag: lag, drawnFrom: streams)
    case .parity: Parity.dataset(lag: lag, drawnFrom: streams, isRunning: true)
    case .finalParity: Parity.dataset(lag: lag, drawnFrom: streams, isRunning: false)
    }
  }

  /// What tells the random numbers of one task from those of another.
  private var streamNumber: UInt32 {
    switch self {
    case .adding: 0
    case .copy: 1
    case .temporalOrder: 2
    case .parity, .finalParity: 3
    }
  }
}
