/// A schedule whose steps are epochs, so that the learning rate stays the same within each.
public struct PerEpoch<Inner: Schedule>: Schedule {
  /// The schedule, counted in epochs.
  public private(set) var inner: Inner
  /// The number of epochs in the whole training.
  public let epochs: Int

  /// Creates the schedule.
  ///
  /// - Precondition: There is at least one epoch.
  public init(_ inner: Inner, epochs: Int) {
    require(epochs > 0, "a schedule needs at least one epoch, got \(epochs)")
    self.inner = inner
    self.epochs = epochs
  }

  /// Returns the factor of the epoch that the step belongs to.
  public func factor(step: Int, of steps: Int) -> Float {
    inner.factor(step: epoch(of: step, steps), of: epochs)
  }

  /// Returns the momentum of the epoch that the step belongs to.
  public func momentum(step: Int, of steps: Int) -> Float? {
    inner.momentum(step: epoch(of: step, steps), of: epochs)
  }

  /// Hands the value on.
  public mutating func observe(_ value: Double) { inner.observe(value) }

  private func epoch(of step: Int, _ steps: Int) -> Int { step * epochs / max(steps, 1) }
}
