/// Which of two measured values is the better one.
public enum Goal: String, Sendable, Codable, CaseIterable {
  /// The lower one, as of a cost.
  case lowest
  /// The higher one, as of an accuracy.
  case highest
}
