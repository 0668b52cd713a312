/// What a trainer says after every step.
public struct StepReport: Sendable {
  /// The epoch's number, from 1.
  public let epoch: Int
  /// The step's number within the epoch, from 1.
  public let step: Int
  /// The number of steps in the epoch.
  public let steps: Int
  /// The mean loss of the step's batch before its update.
  public let cost: Double
  /// The averages since the epoch began.
  public let epochSoFar: EpochReport
}

/// What came of an epoch.
public struct EpochReport: Sendable {
  /// The epoch's number, from 1.
  public var epoch: Int
  /// The mean loss of the answers, each before its batch's update.
  public var averageCost: Double
  /// The share of classes that were told rightly, each before its batch's update; NaN where numbers
  /// are to be answered.
  public var accuracy: Double
  /// The number of examples read.
  public var examples: Int
  /// How long it took, in seconds, without pauses.
  public var seconds = 0.0
  /// Whether it went to its end, rather than being paused.
  public var isFinished = false
  /// The mean norm of the steps' gradients, before any limit; nil if the epoch was begun by a version
  /// that did not measure it.
  public var gradientNorm: Double?
  /// The largest norm of a step's gradient, before any limit; nil likewise.
  public var largestGradientNorm: Double?
  /// Where the steps' time went; nil likewise.
  ///
  /// What is done between steps is none of it.
  public var times: TrainingTimes?

  /// The number of examples read in a second.
  public var examplesPerSecond: Double { seconds > 0 ? Double(examples) / seconds : 0 }
}

extension EpochReport {
  /// Takes what was measured of so many steps.
  mutating func take(_ measures: EpochMeasures?, steps: Int) {
    gradientNorm = measures.map { $0.gradientNorms / Double(steps) }
    largestGradientNorm = measures?.largestGradientNorm
    times = measures?.times
  }
}

/// Training met a number that is NaN or infinite, or lost a process that it is shared with.
public struct TrainingError: Error, Sendable, CustomStringConvertible {
  /// What a training step computes that must be finite.
  public enum Quantity: String, Sendable {
    /// The mean loss of the batch.
    case loss
    /// The Euclidean norm of the gradient.
    case gradientNorm = "gradient's norm"
  }

  /// The epoch, from 1.
  public let epoch: Int
  /// The step within the epoch, from 1.
  public let step: Int
  /// What happened.
  public let cause: Cause

  /// What kept a step from being taken.
  public enum Cause: Sendable {
    /// A quantity became NaN or infinite, whatever its value says.
    case notFinite(Quantity, value: Double)
    /// Another process of the group is gone.
    case lostProcess(ProcessLoss)
  }

  /// What was not finite; nil where that is not the cause.
  public var quantity: Quantity? {
    if case .notFinite(let quantity, _) = cause { quantity } else { nil }
  }
  /// Its value: NaN or infinite.
  public var value: Double? {
    if case .notFinite(_, let value) = cause { value } else { nil }
  }

  /// One line that says what happened, where, and what to try.
  public var description: String {
    switch cause {
    case .notFinite(let quantity, let value):
      """
      the \(quantity.rawValue) became \(value.isNaN ? "NaN" : "infinite") at epoch \(epoch), \
      step \(step); try a smaller learning rate or clip the gradient's norm to 1
      """
    case .lostProcess(let loss):
      "\(loss) (at epoch \(epoch), step \(step))"
    }
  }
}
