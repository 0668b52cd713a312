/// How the learning rate changes from step to step.
public protocol Schedule: Sendable {
  /// Returns what the optimizer's learning rate is multiplied by at `step`, from 0 to `steps` - 1.
  func factor(step: Int, of steps: Int) -> Float
}

/// The same learning rate at every step.
public struct ConstantRate: Schedule {
  /// Creates the schedule.
  public init() {}

  /// Returns 1.
  public func factor(step: Int, of steps: Int) -> Float { 1 }
}
