/// Returns the cross-entropy of yes-or-no answers, given as logits, with their targets.
///
///     -t log σ(x) - (1 - t) log(1 - σ(x)) = max(x, 0) - x t + log(1 + exp(-|x|))
///
/// for every element; by default their mean, a tensor of rank 0. Targets are from 0 to 1. No finite
/// logit overflows. No gradient flows to the targets.
///
/// - Precondition: The shapes are equal.
public func binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  reduction: Reduction = .mean
) -> Tensor {
  requireEqualShapes(logits, targets, of: "binaryCrossEntropy")
  let targets = targets.detached
  return Tape.operation([logits]) { inputs, _ in
    let x = inputs[0]
    let losses = relu(x) - x * targets + log(1 + exp(-x.magnitude))
    return (losses, { [$0 * (sigmoid(x) - targets)] })
  }.reduced(by: reduction)
}
