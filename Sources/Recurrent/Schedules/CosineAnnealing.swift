/// A learning rate that falls along half a cosine.
///
///     minimum + (1 - minimum) (1 + cos(π step / period)) / 2
///
/// After the period it rises again, as PyTorch's CosineAnnealingLR does.
///
/// Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
/// equation 5.
public struct CosineAnnealing: Schedule {
  /// The number of steps from the top to the bottom; nil for the whole training.
  public let period: Int?
  /// The factor at the bottom.
  public let minimum: Double

  /// Creates the schedule.
  ///
  /// - Precondition: The period is at least one step.
  public init(period: Int? = nil, minimum: Double = 0) {
    require(period.map { $0 > 0 } ?? true, "a cosine's period is at least one step")
    self.period = period
    self.minimum = minimum
  }

  /// Returns the height of the curve at the beginning of `step`.
  public func factor(step: Int, of steps: Int) -> Float {
    let place = Double(step) / Double(period ?? max(steps, 1))
    return Float(minimum + (1 - minimum) * (1 + cosine(halfTurns: place)) / 2)
  }
}
