/// How a `StreamingModel` keeps its weights.
public enum StreamingWeights: String, Sendable, Codable, CaseIterable {
  /// As they were trained: steps give the bits that whole sequences give.
  case float32
  /// Matrices in 8 bits, with one scale for each row of a matrix: the row's largest weight becomes
  /// 127 or -127.
  ///
  /// Biases, the parameters of single units and all states stay floats. What is multiplied with a
  /// matrix is rounded to 16 bits at each step, with one scale for the step, so that sums are exact
  /// and the same on every processor. Numbers that are not finite give NaN.
  case int8
}
