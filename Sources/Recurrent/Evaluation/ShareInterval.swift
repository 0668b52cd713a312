/// The share of answers that were right, and between which bounds the true one may be.
///
/// It is for answers that do not depend on one another, as those about examples do not, but those
/// about the steps of one sequence do.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// Journal of the American Statistical Association, 1927.
public struct ShareInterval: Sendable, Equatable {
  /// The share that was right.
  public let share: Double
  /// The number of answers.
  public let count: Int
  /// The bounds that hold the true share in about 95 of 100 cases, both from 0 to 1.
  public let bounds: ClosedRange<Double>

  /// Takes a share of so many answers; nil without any, or for what is no share.
  public init?(share: Double, count: Int) {
    guard count > 0, (0...1).contains(share) else { return nil }
    self.share = share
    self.count = count
    // The value that the normal distribution exceeds to neither side in 95 of 100 cases.
    let z = 1.959_963_984_540_054
    let (size, square) = (Double(count), z * z)
    let middle = (share + square / (2 * size)) / (1 + square / size)
    let variance = share * (1 - share) / size + square / (4 * size * size)
    let width = z * variance.squareRoot() / (1 + square / size)
    bounds = max(0, min(middle - width, share))...min(1, max(middle + width, share))
  }
}
