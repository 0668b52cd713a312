/// A learning rate that is lowered when a measured value has stopped getting better.
///
/// The value is reported after every epoch, through `Trainer.observe(_:)`. PyTorch's
/// ReduceLROnPlateau, whose limits are learning rates where these are shares of the first one.
public struct ReduceOnPlateau: Schedule {
  /// How much better a value must be to count as better.
  public enum Threshold: Sendable, Equatable {
    /// A share of the best value so far.
    case relative(Double)
    /// A number.
    case absolute(Double)
  }

  /// Which values are better.
  public let goal: Goal
  /// What the learning rate is multiplied by each time.
  public let factor: Double
  /// The number of epochs without a better value that are borne.
  public let patience: Int
  /// How much better counts.
  public let threshold: Threshold
  /// The number of epochs after a reduction in which bad values do not count.
  public let cooldown: Int
  /// The factor below which the learning rate does not fall.
  public let minimum: Double
  /// The smallest change of the factor that is made.
  public let smallestChange: Double

  /// What the learning rate is multiplied by now.
  public private(set) var current = 1.0
  /// The best value so far.
  public private(set) var best: Double?
  private var badEpochs = 0
  private var coolingEpochs = 0

  /// Creates the schedule.
  ///
  /// - Precondition: The factor is below 1; patience and cooldown are not below 0.
  public init(
    goal: Goal = .lowest,
    factor: Double = 0.1,
    patience: Int = 10,
    threshold: Threshold = .relative(1e-4),
    cooldown: Int = 0,
    minimum: Double = 0,
    smallestChange: Double = 0
  ) {
    require(
      factor < 1 && patience >= 0 && cooldown >= 0,
      "reducing on a plateau needs a factor below 1, and a patience and a cooldown from 0 up"
    )
    self.goal = goal
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
    self.cooldown = cooldown
    self.minimum = minimum
    self.smallestChange = smallestChange
  }

  /// Returns the factor as it is now.
  public func factor(step: Int, of steps: Int) -> Float { Float(current) }

  /// Takes notice of an epoch's value, and lowers the factor if that was one bad value too many.
  public mutating func observe(_ value: Double) {
    if isBetter(value) {
      best = value
      badEpochs = 0
    } else {
      badEpochs += 1
    }
    if coolingEpochs > 0 {
      coolingEpochs -= 1
      badEpochs = 0
    }
    guard badEpochs > patience else { return }
    let reduced = max(current * factor, minimum)
    if current - reduced > smallestChange { current = reduced }
    coolingEpochs = cooldown
    badEpochs = 0
  }

  private func isBetter(_ value: Double) -> Bool {
    guard let best else { return !value.isNaN }
    switch (goal, threshold) {
    case (.lowest, .relative(let share)): return value < best * (1 - share)
    case (.lowest, .absolute(let change)): return value < best - change
    case (.highest, .relative(let share)): return value > best * (1 + share)
    case (.highest, .absolute(let change)): return value > best + change
    }
  }
}
