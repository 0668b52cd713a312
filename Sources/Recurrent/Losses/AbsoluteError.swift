/// Returns |prediction - target| of every element, by default their mean, a tensor of rank 0.
///
/// The derivative where the two are equal is 0.
///
/// - Precondition: The shapes are equal.
public func meanAbsoluteError(
  _ prediction: Tensor,
  _ target: Tensor,
  reduction: Reduction = .mean
) -> Tensor {
  requireEqualShapes(prediction, target, of: "meanAbsoluteError")
  return (prediction - target).magnitude.reduced(by: reduction)
}

extension Tensor {
  /// The magnitude of every element; its derivative at 0 is 0.
  var magnitude: Tensor { relu(self) + relu(-self) }
}
