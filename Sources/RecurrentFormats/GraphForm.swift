/// What a written graph or program reads at once.
public enum GraphForm: String, Sendable, Hashable, CaseIterable {
  /// Whole sequences, `[batch, time, features]`.
  case sequence
  /// One step of each row, `[batch, features]`, from the states that are given.
  case step
}
