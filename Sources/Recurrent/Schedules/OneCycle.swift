/// A learning rate that rises once and falls once, while the momentum goes the other way.
///
/// The optimizer's learning rate is the greatest. The schedule begins with a share of it and ends
/// with a far smaller one. PyTorch's OneCycleLR, with its defaults.
///
/// Source: L. N. Smith, N. Topin, "Super-convergence: very fast training of neural networks using
/// large learning rates", 2018.
public struct OneCycle: Schedule {
  /// The way from one value to the next.
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// Half a cosine.
    case cosine
    /// A straight line.
    case linear
  }

  /// The share of all steps that the rise takes.
  public let rise: Double
  /// The factor at the first step.
  public let start: Double
  /// The factor at the last step.
  public let end: Double
  /// How the factor gets from one to another.
  public let shape: Shape
  /// Whether it falls to where it began, in as many steps as it rose, before it falls to the end.
  public let hasThreePhases: Bool
  /// The momentum at the greatest learning rate and at the smallest; nil to leave it as it is.
  public let momenta: ClosedRange<Double>?

  /// Creates the schedule.
  ///
  /// - Precondition: The rise is a share above 0 and below 1, in three phases at most 1/2.
  public init(
    rise: Double = 0.3,
    start: Double = 1 / 25,
    end: Double = 1 / 250_000,
    shape: Shape = .cosine,
    hasThreePhases: Bool = false,
    momenta: ClosedRange<Double>? = 0.85...0.95
  ) {
    require(
      rise > 0 && rise < 1 && !(hasThreePhases && rise > 0.5),
      "a one-cycle's rise is a share above 0 and below 1, in three phases at most 1/2, got \(rise)"
    )
    self.rise = rise
    self.start = start
    self.end = end
    self.shape = shape
    self.hasThreePhases = hasThreePhases
    self.momenta = momenta
  }

  /// Returns the height of the curve at `step`.
  public func factor(step: Int, of steps: Int) -> Float {
    Float(value(at: step, of: steps, from: start, to: 1, then: end))
  }

  /// Returns the momentum at `step`.
  public func momentum(step: Int, of steps: Int) -> Float? {
    momenta.map { momenta in
      let (low, high) = (momenta.lowerBound, momenta.upperBound)
      return Float(value(at: step, of: steps, from: high, to: low, then: high))
    }
  }

  /// The value on the way from `first` over `top` to `last`, which may turn between two steps.
  private func value(
    at step: Int,
    of steps: Int,
    from first: Double,
    to top: Double,
    then last: Double
  ) -> Double {
    let (place, end) = (Double(step), Double(max(steps, 1) - 1))
    let turn = rise * Double(steps) - 1
    if place <= turn { return way(from: first, to: top, share: place / turn) }
    guard hasThreePhases else {
      return way(from: top, to: last, share: (place - turn) / (end - turn))
    }
    if place <= 2 * turn { return way(from: top, to: first, share: (place - turn) / turn) }
    return way(from: first, to: last, share: (place - 2 * turn) / (end - 2 * turn))
  }

  private func way(from a: Double, to b: Double, share: Double) -> Double {
    // A rise of no step divides 0 by 0: it is over.
    let share = share >= 0 && share <= 1 ? share : 1
    return switch shape {
    case .linear: a + (b - a) * share
    case .cosine: b + (a - b) / 2 * (1 + cosine(halfTurns: share))
    }
  }
}
