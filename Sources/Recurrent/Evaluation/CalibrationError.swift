/// Returns how far stated probabilities of being right are from how often that was so, on average: the
/// expected calibration error.
///
/// Answers are sorted into intervals of equal width by their probability, a probability between two into
/// the lower; the result is the mean over the answers of the distance between their interval's mean
/// probability and its share of right answers. It is 0 where there is no answer.
///
/// Source: M. P. Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", 2015;
/// C. Guo et al., "On calibration of modern neural networks", 2017, equation 3, with 15 intervals.
///
/// - Precondition: There is a probability from 0 to 1 for each answer, and at least one interval.
public func expectedCalibrationError(
  confidences: [Float],
  isRight: [Bool],
  intervals: Int = 15
) -> Double {
  require(
    confidences.count == isRight.count && intervals > 0
      && confidences.allSatisfy { 0...1 ~= $0 },
    "a calibration error needs a probability from 0 to 1 for each of \(isRight.count) answers"
  )
  var excess = [Double](repeating: 0, count: intervals)
  for (confidence, isRight) in zip(confidences, isRight) {
    let place = Int((Double(confidence) * Double(intervals)).rounded(.up)) - 1
    excess[min(max(place, 0), intervals - 1)] += Double(confidence) - (isRight ? 1 : 0)
  }
  return isRight.isEmpty ? 0 : excess.reduce(0) { $0 + $1.magnitude } / Double(isRight.count)
}
