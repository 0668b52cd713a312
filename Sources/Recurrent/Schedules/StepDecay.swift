/// A learning rate that is multiplied by a number again and again: every few steps, or at milestones.
///
/// PyTorch's StepLR and MultiStepLR, which are usually counted in epochs: see `PerEpoch`.
public struct StepDecay: Schedule {
  private enum Places: Sendable {
    case every(Int)
    case milestones([Int])
  }

  /// What the learning rate is multiplied by each time.
  public let factor: Double
  private let places: Places

  /// Creates a schedule that decays after every so many steps.
  ///
  /// - Precondition: `every` is at least 1.
  public init(every: Int, factor: Double) {
    require(every > 0, "a step decay needs at least one step between two, got \(every)")
    self.factor = factor
    places = .every(every)
  }

  /// Creates a schedule that decays at the beginning of each of these steps.
  public init(milestones: [Int], factor: Double) {
    self.factor = factor
    places = .milestones(milestones)
  }

  /// Returns the factor to the power of the decays so far.
  public func factor(step: Int, of steps: Int) -> Float {
    let decays =
      switch places {
      case .every(let length): step / length
      case .milestones(let milestones): milestones.count { $0 <= step }
      }
    return Float(factor.power(decays))
  }
}
