/// How a part of a unit's state comes about at one step: a sum of products.
///
/// For an LSTM's cell state that is `c = f · c′ + i · g`.
public struct UnitEquation: Sendable, Hashable {
  /// What is done to a number before it is multiplied.
  public enum Function: String, Sendable, Hashable {
    /// Nothing.
    case identity = ""
    /// It is taken from 1.
    case complement
    /// Its hyperbolic tangent.
    case tanh
  }

  /// One factor of a product.
  public struct Factor: Sendable, Hashable {
    /// The gate or state that it is.
    public let signal: String
    /// Its symbol.
    public let symbol: String
    /// Whether it is the one before the step.
    public let isBefore: Bool
    /// What is done to it.
    public let function: Function

    /// Names a factor.
    public init(
      _ signal: String,
      _ symbol: String,
      isBefore: Bool = false,
      _ function: Function = .identity
    ) {
      (self.signal, self.symbol) = (signal, symbol)
      (self.isBefore, self.function) = (isBefore, function)
    }
  }

  /// The part of the state that it tells.
  public let result: String
  /// Its symbol.
  public let symbol: String
  /// The products that are added.
  public let terms: [[Factor]]

  /// Tells a part of the state as a sum of products.
  public init(_ result: String, _ symbol: String, terms: [[Factor]]) {
    (self.result, self.symbol, self.terms) = (result, symbol, terms)
  }
}
