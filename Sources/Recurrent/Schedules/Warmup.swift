/// A learning rate that rises in a straight line before another schedule begins.
///
/// The other schedule sees its own steps only: it begins at 0 when the rise is over.
///
/// Source: P. Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2.
public struct Warmup<Following: Schedule>: Schedule {
  private enum Length: Sendable {
    case steps(Int)
    case share(Double)
  }

  /// The factor at the first step.
  public let start: Double
  /// What follows the rise.
  public private(set) var following: Following
  private let length: Length

  /// Creates a schedule that rises for a number of steps.
  ///
  /// - Precondition: The number is not below 0.
  public init(steps: Int, from start: Double, then following: Following) {
    require(steps >= 0, "a warm-up takes 0 steps or more, got \(steps)")
    self.start = start
    self.following = following
    length = .steps(steps)
  }

  /// Creates a schedule that rises for a share of the whole training.
  ///
  /// - Precondition: The share is from 0 to 1.
  public init(share: Double, from start: Double, then following: Following) {
    require((0...1).contains(share), "the warm-up is a share from 0 to 1, got \(share)")
    self.start = start
    self.following = following
    length = .share(share)
  }

  /// Returns the height of the line, or the other schedule's factor.
  public func factor(step: Int, of steps: Int) -> Float {
    let length = length(in: steps)
    guard step < length else {
      return following.factor(step: step - length, of: max(steps - length, 1))
    }
    return Float(start + (1 - start) * (Double(step) / Double(length)))
  }

  /// Returns the other schedule's momentum, during the rise that of its first step.
  public func momentum(step: Int, of steps: Int) -> Float? {
    let length = length(in: steps)
    return following.momentum(step: max(step - length, 0), of: max(steps - length, 1))
  }

  /// Hands the value on.
  public mutating func observe(_ value: Double) { following.observe(value) }

  private func length(in steps: Int) -> Int {
    switch length {
    case .steps(let count): count
    case .share(let share): Int((share * Double(steps)).rounded())
    }
  }
}
