/// How strongly an optimizer pulls parameters towards zero, and which.
///
/// A number alone, as in `AdamW(weightDecay: 0.01)`, means all parameters, as in PyTorch.
public struct WeightDecay: Sendable, Equatable, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  /// What the parameters are multiplied by in the pull; 0 for no pull.
  public let factor: Float
  /// Whether biases, the parameters with fewer than two axes, are pulled as well.
  public let includesBiases: Bool

  /// Creates a decay.
  ///
  /// - Precondition: The factor is finite and not below 0.
  public init(_ factor: Float, includesBiases: Bool = true) {
    require(
      factor >= 0 && factor.isFinite,
      "a weight decay is a finite number from 0 up, got \(factor)"
    )
    self.factor = factor
    self.includesBiases = includesBiases
  }

  /// Creates a decay of all parameters.
  public init(floatLiteral value: Float) { self.init(value) }

  /// Creates a decay of all parameters.
  public init(integerLiteral value: Int) { self.init(Float(value)) }

  /// The factor for one parameter.
  func factor(isBias: Bool) -> Float { isBias && !includesBiases ? 0 : factor }
}
