/// Returns the mean over all elements of (prediction - target)², a tensor of rank 0.
///
/// - Precondition: The shapes are equal.
public func meanSquaredError(_ prediction: Tensor, _ target: Tensor) -> Tensor {
  require(
    prediction.shape == target.shape,
    "meanSquaredError needs equal shapes, got \(prediction.shape) and \(target.shape)"
  )
  let difference = prediction - target
  return (difference * difference).mean()
}
