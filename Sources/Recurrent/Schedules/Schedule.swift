/// How the learning rate changes from step to step.
///
/// Steps are those of the whole training, from 0. A schedule that is counted in epochs elsewhere is
/// put into a `PerEpoch`.
public protocol Schedule: Sendable {
  /// Returns what the optimizer's learning rate is multiplied by at `step`, from 0 to `steps` - 1.
  func factor(step: Int, of steps: Int) -> Float

  /// Returns the optimizer's momentum at `step`; nil to leave it as it is.
  ///
  /// An optimizer without momentum keeps none.
  func momentum(step: Int, of steps: Int) -> Float?

  /// Takes notice of a value that was measured after an epoch, such as the validation cost.
  mutating func observe(_ value: Double)
}

extension Schedule {
  /// Returns nil: the momentum stays as it is.
  public func momentum(step: Int, of steps: Int) -> Float? { nil }

  /// Does nothing.
  public mutating func observe(_ value: Double) {}
}

/// The same learning rate at every step.
public struct ConstantRate: Schedule {
  /// Creates the schedule.
  public init() {}

  /// Returns 1.
  public func factor(step: Int, of steps: Int) -> Float { 1 }
}
