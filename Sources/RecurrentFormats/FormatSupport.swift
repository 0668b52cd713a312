/// How well another program's format holds a model.
public enum FormatSupport: Sendable, Hashable {
  /// The format has the layers themselves.
  case exact
  /// The same function is written in other operations, for the reason or in the way told.
  case decomposed(String)
  /// The format, or what is written of it here, cannot hold the model, for the reason told.
  case refused(String)
}

extension FormatSupport {
  /// Whether the model can be written.
  public var isWritable: Bool {
    if case .refused = self { return false }
    return true
  }

  /// How well both parts of a model are held: as well as the worse; of equally bad ones as the first.
  func combined(with other: FormatSupport) -> FormatSupport {
    switch (self, other) {
    case (.refused, _), (.decomposed, .exact), (.decomposed, .decomposed), (.exact, .exact): self
    case (_, .refused), (.exact, .decomposed): other
    }
  }
}
