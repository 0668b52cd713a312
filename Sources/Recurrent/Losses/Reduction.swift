/// What becomes of the losses of single rows or elements.
public enum Reduction: Sendable, CaseIterable {
  /// Their mean, a tensor of rank 0.
  case mean
  /// Their sum, a tensor of rank 0.
  case sum
  /// They stay as they are.
  case none
}

extension Tensor {
  /// The elements reduced to one number, or as they are.
  func reduced(by reduction: Reduction) -> Tensor {
    switch reduction {
    case .mean: mean()
    case .sum: sum()
    case .none: self
    }
  }
}

/// Traps unless a prediction and its target have one shape.
func requireEqualShapes(_ prediction: Tensor, _ target: Tensor, of loss: StaticString) {
  require(
    prediction.shape == target.shape,
    "\(loss) needs equal shapes, got \(prediction.shape) and \(target.shape)"
  )
}
