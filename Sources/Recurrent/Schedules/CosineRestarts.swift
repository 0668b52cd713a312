/// A learning rate that falls along half a cosine and then starts anew, each time for longer.
///
/// PyTorch's CosineAnnealingWarmRestarts.
///
/// Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
public struct CosineRestarts: Schedule {
  /// The number of steps until the first restart.
  public let firstPeriod: Int
  /// How many times as long each period is as the one before.
  public let growth: Int
  /// The factor at the bottom.
  public let minimum: Double

  /// Creates the schedule.
  ///
  /// - Precondition: The period and the growth are at least 1.
  public init(firstPeriod: Int, growth: Int = 1, minimum: Double = 0) {
    require(
      firstPeriod > 0 && growth > 0,
      "cosine restarts need a period and a growth of at least 1"
    )
    self.firstPeriod = firstPeriod
    self.growth = growth
    self.minimum = minimum
  }

  /// Returns the height of the curve at the beginning of `step`.
  public func factor(step: Int, of steps: Int) -> Float {
    var (place, period) = (step, firstPeriod)
    if growth == 1 { place %= period }
    while place >= period {
      place -= period
      period *= growth
    }
    return CosineAnnealing(period: period, minimum: minimum).factor(step: place, of: period)
  }
}
