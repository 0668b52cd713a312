/// Where the time of training steps went, in seconds of the clock on the wall.
///
/// Workers read and compute side by side; the time that they took together is split between the two
/// by how long all of them were at either.
public struct TrainingTimes: Sendable, Codable, Equatable {
  /// Reading examples: gathering them into a batch, and augmenting them.
  public var reading = 0.0
  /// The ways forward and backward through the model, with the packing of its weights.
  public var passes = 0.0
  /// Adding up the gradients of the batch's shards, with the messages from and to other processes.
  public var summing = 0.0
  /// Limiting the gradient, and changing the parameters and their average.
  public var updating = 0.0

  /// No time.
  public init() {}

  /// All of it.
  public var total: Double { reading + passes + summing + updating }

  /// Adds the time of further steps.
  static func += (times: inout TrainingTimes, more: TrainingTimes) {
    times.reading += more.reading
    times.passes += more.passes
    times.summing += more.summing
    times.updating += more.updating
  }

  /// How the workers' own times for reading and passes share the time that they took side by side.
  func shared(over seconds: Double) -> TrainingTimes {
    var times = TrainingTimes()
    let busy = reading + passes
    times.reading = busy > 0 ? seconds * (reading / busy) : 0
    times.passes = seconds - times.reading
    return times
  }
}

/// What is measured of an epoch's steps so far, beside what the model learns from them.
package struct EpochMeasures: Sendable, Codable, Equatable {
  /// The sum of the norms of the steps' gradients, before any limit.
  package var gradientNorms = 0.0
  /// The largest of them.
  package var largestGradientNorm = 0.0
  package var times = TrainingTimes()

  /// Takes in a step.
  mutating func add(_ step: BatchResult) {
    let norm = step.squaredNorm.squareRoot()
    gradientNorms += norm
    largestGradientNorm = max(largestGradientNorm, norm)
    times += step.times
  }

  /// Whether steps can have had these numbers.
  var isPossible: Bool {
    [
      gradientNorms, largestGradientNorm, times.reading, times.passes, times.summing,
      times.updating,
    ].allSatisfy { $0 >= 0 && $0.isFinite }
  }
}

/// Splits the time on the wall into laps.
struct Stopwatch {
  private var last = ContinuousClock.now

  /// The seconds since the last lap, or since the beginning.
  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    return (now - last) / .seconds(1)
  }
}
