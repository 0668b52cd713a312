/// Returns (prediction - target)² of every element, by default their mean, a tensor of rank 0.
///
/// - Precondition: The shapes are equal.
public func meanSquaredError(
  _ prediction: Tensor,
  _ target: Tensor,
  reduction: Reduction = .mean
) -> Tensor {
  requireEqualShapes(prediction, target, of: "meanSquaredError")
  let difference = prediction - target
  return (difference * difference).reduced(by: reduction)
}
