/// The number of times after which a series is like it was.
public enum Season {
  /// No more of a series' last numbers are looked at.
  public static let mostTimes = 20_000
  /// No longer season is looked for.
  private static let longest = 1_000
  /// Less alike than this, numbers a season apart show none.
  private static let leastCorrelation = 0.3

  /// Finds the season of a series' changes by their correlation with those before; 1 for none.
  ///
  /// The shortest is taken of those that are about as alike, so that a year is not taken for two. At
  /// least three seasons must have been recorded.
  ///
  /// - Complexity: O(`numbers.count` × the longest season looked for), bounded by 20 million.
  public static func found(in numbers: [Float]) -> Int {
    let known = numbers.suffix(mostTimes).filter { !$0.isNaN }
    let changes = zip(known.dropFirst(), known).map { Double($0) - Double($1) }
    let limit = min(longest, changes.count / 3)
    guard limit >= 2 else { return 1 }
    let mean = changes.reduce(0, +) / Double(changes.count)
    let centred = changes.map { $0 - mean }
    let variance = centred.reduce(0) { $0 + $1 * $1 }
    guard variance > 0 else { return 1 }
    let correlations = (0...limit + 1).map { lag in
      zip(centred.dropFirst(lag), centred).reduce(0) { $0 + $1.0 * $1.1 } / variance
    }
    let peaks = (2...limit).filter {
      correlations[$0] > correlations[$0 - 1] && correlations[$0] >= correlations[$0 + 1]
    }
    guard let highest = peaks.map({ correlations[$0] }).max(), highest >= leastCorrelation else {
      return 1
    }
    return peaks.first { correlations[$0] >= 0.9 * highest } ?? 1
  }
}
