/// Returns a squared error that grows in a straight line from `delta` on.
///
///     d = |prediction - target|          d² / 2 up to delta, delta · (d - delta / 2) beyond
///
/// By default the mean over all elements, a tensor of rank 0. Divided by `delta` it is what PyTorch
/// calls the smooth L1 loss.
///
/// Source: P. J. Huber, "Robust estimation of a location parameter", 1964.
///
/// - Precondition: The shapes are equal, and `delta` is above 0.
public func huberLoss(
  _ prediction: Tensor,
  _ target: Tensor,
  delta: Float = 1,
  reduction: Reduction = .mean
) -> Tensor {
  requireEqualShapes(prediction, target, of: "huberLoss")
  require(delta > 0, "huberLoss needs a delta above 0, got \(delta)")
  let distance = (prediction - target).magnitude
  // With n the nearer of distance and delta, both cases are n · (distance - n / 2).
  let nearer = distance - relu(distance - Tensor(delta))
  return (nearer * (distance - nearer * 0.5)).reduced(by: reduction)
}
