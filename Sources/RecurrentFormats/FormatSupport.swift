/// How well a format can say what a model or a layer computes.
public enum FormatSupport: Sendable, Equatable, CustomStringConvertible {
  /// The format has the operation itself.
  case exact
  /// The format says it with several simpler operations, named here.
  case decomposed(String)
  /// The format cannot say it, for this reason.
  case refused(String)

  /// One word, and the operations or the reason.
  public var description: String {
    switch self {
    case .exact: "exact"
    case .decomposed(let how): "decomposed: \(how)"
    case .refused(let why): "refused: \(why)"
    }
  }

  /// The weaker of two: a model is as well said as its least well said layer.
  func combined(with other: FormatSupport) -> FormatSupport {
    switch (self, other) {
    case (.refused, _): self
    case (_, .refused): other
    case (.decomposed, _): self
    case (_, .decomposed): other
    case (.exact, .exact): self
    }
  }
}

/// Why a model cannot be written in a format.
public struct FormatRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// The reason, in one line.
  public let description: String

  init(_ description: String) { self.description = description }
}
