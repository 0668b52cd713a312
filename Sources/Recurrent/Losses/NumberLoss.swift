/// What an answered number costs by its distance from the right one.
public enum NumberLoss: Sendable, Equatable, Hashable {
  /// The square of the distance.
  case squaredError
  /// The distance.
  case absoluteError
  /// Half the square of the distance up to `delta`, and a straight line beyond; see `huberLoss`.
  case huber(delta: Float)

  /// The loss of one number and its derivative with respect to the answer; 0 where the right number
  /// is NaN.
  func loss(of answer: Float, target: Float) -> (value: Float, derivative: Float) {
    if target.isNaN { return (0, 0) }
    let difference = answer - target
    let distance = abs(difference)
    let sign: Float = difference > 0 ? 1 : difference < 0 ? -1 : difference
    switch self {
    case .squaredError: return (difference * difference, 2 * difference)
    case .absoluteError: return (distance, sign)
    case .huber(let delta):
      return distance <= delta
        ? (difference * difference / 2, difference)
        : (delta * (distance - delta / 2), delta * sign)
    }
  }

  /// The losses of all elements, for models that the tape runs.
  ///
  /// - Precondition: The shapes are equal, and no target is NaN.
  func losses(_ answers: Tensor, _ targets: Tensor) -> Tensor {
    switch self {
    case .squaredError: meanSquaredError(answers, targets, reduction: .none)
    case .absoluteError: meanAbsoluteError(answers, targets, reduction: .none)
    case .huber(let delta): huberLoss(answers, targets, delta: delta, reduction: .none)
    }
  }
}
