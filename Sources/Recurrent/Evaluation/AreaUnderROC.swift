/// Returns the area under the receiver operating characteristic: the chance that a positive example
/// has a higher score than a negative one, equal scores counting half.
///
/// It is exact, by the ranks of the scores (Mann and Whitney's U), and nil where there are no
/// positive or no negative examples.
///
/// Source: J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a receiver operating
/// characteristic (ROC) curve", Radiology, 1982.
///
/// - Complexity: O(n log n) for n scores.
/// - Precondition: There are as many scores as signs, and no score is NaN.
public func areaUnderROC(scores: [Float], isPositive: [Bool]) -> Double? {
  require(
    scores.count == isPositive.count && !scores.contains(where: \.isNaN),
    "an area under the ROC curve needs a sign for each score, and no NaN among them"
  )
  let order = scores.indices.sorted { scores[$0] < scores[$1] }
  let positives = isPositive.count(where: \.self)
  let negatives = scores.count - positives
  guard positives > 0, negatives > 0 else { return nil }
  // Twice the number of pairs in the right order, a whole number also where scores are equal.
  var pairs = 0
  var negativesBelow = 0
  var first = 0
  while first < order.count {
    var end = first
    var (ofPositives, ofNegatives) = (0, 0)
    while end < order.count && scores[order[end]] == scores[order[first]] {
      if isPositive[order[end]] { ofPositives += 1 } else { ofNegatives += 1 }
      end += 1
    }
    pairs += ofPositives * (2 * negativesBelow + ofNegatives)
    negativesBelow += ofNegatives
    first = end
  }
  return Double(pairs) / (2 * Double(positives) * Double(negatives))
}

extension Evaluation {
  /// The area under the receiver operating characteristic by the probabilities that were told.
  ///
  /// Of two classes it is that of the second. Of more it is the mean over the classes, each against the
  /// rest, that there are examples of and examples of others. Nil where there is no such class.
  public var areaUnderROC: Double? {
    let classes = confusion.classNames.count
    let elements = probabilities.elements
    guard elements.allSatisfy({ !$0.isNaN }) else { return nil }
    let areas = (classes == 2 ? 1..<2 : 0..<classes).compactMap { label in
      Recurrent.areaUnderROC(
        scores: labels.indices.map { elements[$0 * classes + label] },
        isPositive: labels.map { $0 == label }
      )
    }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
