/// A learning rate that is multiplied by the same number after every step.
///
/// PyTorch's ExponentialLR, which is usually counted in epochs: see `PerEpoch`.
public struct ExponentialDecay: Schedule {
  /// What the learning rate is multiplied by after a step.
  public let factor: Double

  /// Creates the schedule.
  public init(factor: Double) { self.factor = factor }

  /// Returns the factor to the power of the steps before.
  public func factor(step: Int, of steps: Int) -> Float { Float(factor.power(step)) }
}
