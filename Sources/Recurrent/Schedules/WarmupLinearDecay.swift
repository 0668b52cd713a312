/// A learning rate that rises in a straight line, then falls in a straight line towards 0.
///
/// Source: P. Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2, for the rise.
public struct WarmupLinearDecay: Schedule {
  /// The share of all steps that the rise takes, from 0 to 1.
  public let warmup: Float

  /// Creates the schedule.
  ///
  /// - Precondition: `warmup` is from 0 to 1.
  public init(warmup: Float = 0.1) {
    require((0...1).contains(warmup), "the warm-up is a share from 0 to 1, got \(warmup)")
    self.warmup = warmup
  }

  /// Returns the height of the line at the middle of `step`.
  public func factor(step: Int, of steps: Int) -> Float {
    let place = (Float(step) + 0.5) / Float(max(steps, step + 1))
    return place < warmup ? place / warmup : (1 - place) / max(1 - warmup, .ulpOfOne)
  }
}
