/// Tells when training no longer gets better, and which epoch was the best.
///
/// An epoch loop asks it after every epoch:
///
///     var stopping = EarlyStopping(patience: 5)
///     var best = trainer.model
///     while !stopping.shouldStop, trainer.epoch < epochs {
///       _ = try trainer.trainEpoch(on: training)
///       let cost = trainer.model.evaluate(on: validation).cost
///       if stopping.observe(cost) { best = trainer.model }
///     }
///     trainer.model = best
///
/// Source: L. Prechelt, "Early stopping - but when?", 1998, the third class of criteria.
public struct EarlyStopping: Sendable, Codable, Equatable {
  /// The number of epochs in a row without a better value after which training should stop.
  public let patience: Int
  /// Which values are better.
  public let goal: Goal
  /// How much better a value must be to count as better.
  public let smallestChange: Double
  /// The number of values seen.
  public private(set) var epoch = 0
  /// The best value so far.
  public private(set) var best: Double?
  /// The number of the epoch with the best value, from 1; 0 before there is one.
  public private(set) var bestEpoch = 0

  /// Creates the rule.
  ///
  /// - Precondition: The patience is at least 1, and the change not below 0.
  public init(patience: Int, goal: Goal = .lowest, smallestChange: Double = 0) {
    require(
      patience > 0 && smallestChange >= 0,
      "early stopping needs a patience of at least 1 and a change from 0 up"
    )
    self.patience = patience
    self.goal = goal
    self.smallestChange = smallestChange
  }

  /// Takes notice of an epoch's value; returns whether it is the best so far.
  ///
  /// NaN is never better.
  public mutating func observe(_ value: Double) -> Bool {
    epoch += 1
    guard isBetter(value) else { return false }
    best = value
    bestEpoch = epoch
    return true
  }

  /// Whether as many epochs as are borne have passed since the best.
  public var shouldStop: Bool { epoch - bestEpoch >= patience }

  private func isBetter(_ value: Double) -> Bool {
    guard let best else { return !value.isNaN }
    return switch goal {
    case .lowest: value < best - smallestChange
    case .highest: value > best + smallestChange
    }
  }
}
