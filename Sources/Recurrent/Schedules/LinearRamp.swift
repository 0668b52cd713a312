/// A learning rate that goes in a straight line from one factor to another, and stays there.
///
///     start + (end - start) · min(step, length) / length
///
/// PyTorch's LinearLR.
public struct LinearRamp: Schedule {
  /// The factor at the first step.
  public let start: Double
  /// The factor from step `length` on.
  public let end: Double
  /// The number of steps that the way takes; nil for the whole training.
  public let length: Int?

  /// Creates the schedule.
  ///
  /// - Precondition: The way takes at least one step.
  public init(from start: Double, to end: Double, over length: Int? = nil) {
    require(length.map { $0 > 0 } ?? true, "a ramp takes at least one step")
    self.start = start
    self.end = end
    self.length = length
  }

  /// Returns the height of the line at the beginning of `step`.
  public func factor(step: Int, of steps: Int) -> Float {
    let length = length ?? max(steps, 1)
    return Float(start + (end - start) * (Double(min(step, length)) / Double(length)))
  }
}
