import RecurrentKernels

/// Returns the mean over rows of -log softmax(logits)[label], a tensor of rank 0.
///
/// The last axis of `logits`, [..., classes], runs over the classes; there is one label for each
/// row before it, in row-major order. The largest logit of a row is subtracted first, so that no
/// finite logits overflow.
///
/// - Precondition: There is one label for each row, from 0 to classes - 1.
public func softmaxCrossEntropy(logits: Tensor, labels: [Int]) -> Tensor {
  let classes = logits.shape.rank > 0 ? logits.shape[logits.shape.rank - 1] : 0
  require(
    classes > 0 && !labels.isEmpty && labels.count * classes == logits.count,
    "softmaxCrossEntropy of logits \(logits.shape) needs one label a row, got \(labels.count)"
  )
  require(
    labels.allSatisfy { 0..<classes ~= $0 },
    "softmaxCrossEntropy has a label outside 0..<\(classes)"
  )
  return Tape.operation([logits]) { inputs, _ in
    let (losses, gradient) = inputs[0].crossEntropies(labels: labels)
    return (losses.mean(), { [gradient * $0] })
  }
}

extension Tensor {
  /// The loss of each row of logits, and the gradient of their mean.
  fileprivate func crossEntropies(labels: [Int]) -> (losses: Tensor, gradient: Tensor) {
    let rows = labels.count
    let classes = count / rows
    if isDoublePrecision { return crossEntropiesInDoublePrecision(labels: labels) }
    let targets = labels.map(Int32.init)
    var losses = Tensor.zeros([rows])
    let gradient = unsafe Tensor(uninitialized: shape) { gradient in
      unsafe withUnsafeElements { logits in
        unsafe losses.withUnsafeMutableElements { losses in
          guard let x = logits.baseAddress, let dx = gradient.baseAddress,
            let loss = losses.baseAddress
          else { return }
          unsafe kernels.pointee.softmax_cross_entropy(
            rows,
            classes,
            x,
            targets,
            1 / Float(rows),
            loss,
            dx
          )
        }
      }
    }
    return (losses, gradient)
  }

  /// The same from the tape's operations: log Σ exp x - x[label], and softmax minus the label's 1.
  private func crossEntropiesInDoublePrecision(
    labels: [Int]
  ) -> (losses: Tensor, gradient: Tensor) {
    let rows = labels.count
    let x = reshaped(to: [rows, count / rows])
    let shares = softmax(x)
    let places = labels.enumerated().map { $0 * x.shape[1] + $1 }
    var chosen = [Double](repeating: 0, count: count)
    for place in places { chosen[place] = 1 }
    let one = Tensor(doublePrecision: chosen, shape: x.shape)
    return (
      -log((shares * one).sum(along: 1)),
      ((shares - one) / Tensor(doublePrecision: [Double(rows)], shape: [])).reshaped(to: shape)
    )
  }
}

/// Returns the classes' probabilities: softmax over the last axis of `logits`.
///
/// - Precondition: The tensor has at least one axis.
public func softmax(_ logits: Tensor) -> Tensor {
  require(logits.shape.rank > 0, "softmax needs at least one axis")
  let classes = logits.shape[logits.shape.rank - 1]
  let rows = logits.detached.reshaped(to: [classes == 0 ? 0 : logits.count / classes, classes])
  let elements = rows.elements
  let greatest = Tensor(
    (0..<rows.shape[0]).map { row in
      elements[row * classes..<(row + 1) * classes].reduce(-.infinity, max)
    },
    shape: [rows.shape[0], 1]
  )
  let powers = exp(logits.reshaped(to: rows.shape) - greatest)
  let sums = powers.sum(along: 1).reshaped(to: [rows.shape[0], 1])
  return (powers / sums).reshaped(to: logits.shape)
}
