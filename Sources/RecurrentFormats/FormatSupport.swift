/// How well another program's format says what a model or a layer computes.
public enum FormatSupport: Sendable, Hashable, CustomStringConvertible {
  /// The format has the operation itself.
  case exact
  /// The same function is said in other operations, for the reason or in the way told.
  case decomposed(String)
  /// The format, or what is written of it here, cannot say it, for the reason told.
  case refused(String)

  /// One word, and the operations or the reason.
  public var description: String {
    switch self {
    case .exact: "exact"
    case .decomposed(let how): "decomposed: \(how)"
    case .refused(let why): "refused: \(why)"
    }
  }

  /// Whether the model can be written.
  public var isWritable: Bool {
    if case .refused = self { return false }
    return true
  }

  /// How well both parts of a model are said: as well as the worse; of equally bad ones as the first.
  func combined(with other: FormatSupport) -> FormatSupport {
    switch (self, other) {
    case (.refused, _), (.decomposed, .exact), (.decomposed, .decomposed), (.exact, .exact): self
    case (_, .refused), (.exact, .decomposed): other
    }
  }
}

/// Why a model cannot be written in a format.
public struct FormatRefusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reason, in one line.
  public let description: String

  package init(_ description: String) { self.description = description }
}
