/// Whether one of two ways of answering the same questions is clearly better, by how often each was.
///
/// Questions that both answer equally well tell nothing. Where each is right or wrong this is McNemar's
/// test, with the correction for continuity of Edwards.
///
/// Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
/// percentages", Psychometrika, 1947; A. L. Edwards, the same, 1948.
public struct SignTest: Sendable, Equatable {
  /// How often the first was better.
  public let firstBetter: Int
  /// How often the second was better.
  public let secondBetter: Int

  /// Compares what the two have reached on each question, more being better.
  ///
  /// Questions of which either is NaN do not count.
  ///
  /// - Precondition: There are as many of both.
  public init(first: [Double], second: [Double]) {
    require(
      first.count == second.count,
      "a sign test compares answers to the same questions, got \(first.count) and \(second.count)"
    )
    firstBetter = zip(first, second).count { $0 > $1 }
    secondBetter = zip(first, second).count { $0 < $1 }
  }

  /// Whether so unequal numbers would come about in fewer than 5 of 100 cases if neither were better.
  public var isClear: Bool {
    let count = firstBetter + secondBetter
    let excess = Double(max(abs(firstBetter - secondBetter) - 1, 0))
    // The value that chi-squared with one degree of freedom exceeds in 5 of 100 cases.
    return count > 0 && excess * excess / Double(count) > 3.841_458_820_694_124
  }

  /// Whether the first is clearly better.
  public var isFirstClearlyBetter: Bool { isClear && firstBetter > secondBetter }
}
