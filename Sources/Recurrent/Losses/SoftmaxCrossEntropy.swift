import RecurrentKernels

/// Returns -log softmax(logits)[label] of every row, by default their mean, a tensor of rank 0.
///
/// The last axis of `logits`, [..., classes], runs over the classes; there is one label for each
/// row before it, in row-major order. The largest logit of a row is subtracted first, so that no
/// finite logits overflow.
///
/// With label smoothing s, a row's target is 1 - s at the label and s / classes everywhere (C.
/// Szegedy et al., "Rethinking the Inception architecture", 2016, section 7). With class weights, a
/// class's part of a row's loss counts as many times, and the mean is over the sum of the labels'
/// weights. Rows whose label is `ignoredLabel`, such as padding, cost nothing and are not counted.
/// Without reduction the losses have the shape of the rows. All as in PyTorch.
///
/// - Precondition: There is one label for each row, from 0 to classes - 1 or `ignoredLabel`; one
///   weight for each class; and a smoothing from 0 to 1.
public func softmaxCrossEntropy(
  logits: Tensor,
  labels: [Int],
  labelSmoothing: Float = 0,
  classWeights: [Float]? = nil,
  ignoredLabel: Int? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  let classes = logits.shape.rank > 0 ? logits.shape[logits.shape.rank - 1] : 0
  require(
    classes > 0 && !labels.isEmpty && labels.count * classes == logits.count,
    "softmaxCrossEntropy of logits \(logits.shape) needs one label a row, got \(labels.count)"
  )
  require(
    labels.allSatisfy { 0..<classes ~= $0 || $0 == ignoredLabel },
    "softmaxCrossEntropy has a label outside 0..<\(classes)"
  )
  require(
    0...1 ~= labelSmoothing,
    "softmaxCrossEntropy needs a label smoothing from 0 to 1, got \(labelSmoothing)"
  )
  let known = labels.map { $0 == ignoredLabel ? -1 : $0 }
  guard let classWeights else {
    return crossEntropy(
      logits,
      labels: known.map(Int32.init),
      labelSmoothing: labelSmoothing,
      count: Float(known.count { $0 >= 0 }),
      reduction: reduction
    )
  }
  require(
    classWeights.count == classes,
    "softmaxCrossEntropy needs a weight for each of \(classes) classes, got \(classWeights.count)"
  )
  let shared = classWeights.map { $0 * labelSmoothing / Float(classes) }
  var targets: [Float] = []
  targets.reserveCapacity(logits.count)
  for label in known {
    guard label >= 0 else {
      targets.append(contentsOf: repeatElement(0, count: classes))
      continue
    }
    targets.append(contentsOf: shared)
    targets[targets.count - classes + label] += (1 - labelSmoothing) * classWeights[label]
  }
  return crossEntropy(
    logits,
    targets: Tensor(targets, shape: logits.shape),
    count: known.reduce(0) { $1 >= 0 ? $0 + classWeights[$1] : $0 },
    reduction: reduction
  )
}

/// Returns -Σ targets · log softmax(logits) of every row, by default their mean over the rows.
///
/// The last axis of both, [..., classes], runs over the classes; a row of targets is usually a
/// distribution. No gradient flows to the targets.
///
/// - Precondition: The shapes are equal, with at least one row and one class.
public func softmaxCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  reduction: Reduction = .mean
) -> Tensor {
  requireEqualShapes(logits, targets, of: "softmaxCrossEntropy")
  require(
    logits.shape.rank > 0 && logits.count > 0,
    "softmaxCrossEntropy needs at least one row and one class, got shape \(logits.shape)"
  )
  return crossEntropy(
    logits,
    targets: targets.detached,
    count: Float(logits.count / logits.shape[logits.shape.rank - 1]),
    reduction: reduction
  )
}

/// The losses of rows with labels or with targets; `count` is what the mean divides by.
private func crossEntropy(
  _ logits: Tensor,
  labels: [Int32]? = nil,
  targets: Tensor? = nil,
  labelSmoothing: Float = 0,
  count: Float,
  reduction: Reduction
) -> Tensor {
  let rowShape = logits.shape.removing(axis: logits.shape.rank - 1)
  let classes = logits.shape[logits.shape.rank - 1]
  if logits.isDoublePrecision {
    let targets = targets ?? smoothedTargets(labels ?? [], classes, labelSmoothing)
    return crossEntropyInDoublePrecision(
      logits,
      targets: targets.reshaped(to: logits.shape),
      count: count,
      reduction: reduction
    )
  }
  return Tape.operation([logits]) { inputs, isTracked in
    var losses = Tensor.zeros(rowShape)
    // The gradient costs as much as the losses: it is left out where nobody asks for it.
    var gradient = Tensor.zeros(isTracked[0] ? logits.shape : [0])
    unsafe inputs[0].withUnsafeElements { logits in
      unsafe losses.withUnsafeMutableElements { losses in
        unsafe gradient.withUnsafeMutableElements { gradient in
          unsafe withOptionalElements(of: labels, targets) { labels, targets in
            guard let x = logits.baseAddress, let loss = losses.baseAddress else { return }
            var request = unsafe RecurrentCrossEntropy(
              rows: losses.count,
              classes: classes,
              logits: x,
              labels: labels,
              targets: targets,
              label_smoothing: labelSmoothing,
              scale: reduction == .mean ? 1 / count : 1,
              losses: loss,
              gradient: isTracked[0] ? gradient.baseAddress : nil
            )
            unsafe kernels.pointee.softmax_cross_entropy(&request)
          }
        }
      }
    }
    let kept = gradient
    switch reduction {
    case .mean: return (losses.sum() / Tensor(count), { [kept.scaled(by: $0.scalar)] })
    case .sum: return (losses.sum(), { [kept.scaled(by: $0.scalar)] })
    case .none:
      let columnShape = Shape(rowShape.dimensions + [1])
      return (losses, { [kept * $0.reshaped(to: columnShape)] })
    }
  }
}

/// The weights of every class that labels stand for, `[rows, classes]`, in double precision.
private func smoothedTargets(_ labels: [Int32], _ classes: Int, _ smoothing: Float) -> Tensor {
  let smoothing = Double(smoothing)
  var targets: [Double] = []
  for label in labels {
    let shared = label < 0 ? 0 : smoothing / Double(classes)
    targets += [Double](repeating: shared, count: classes)
    if label >= 0 { targets[targets.count - classes + Int(label)] += 1 - smoothing }
  }
  return Tensor(doublePrecision: targets, shape: [labels.count, classes])
}

/// The same from the tape's operations: -Σ targets · log softmax(logits).
private func crossEntropyInDoublePrecision(
  _ logits: Tensor,
  targets: Tensor,
  count: Float,
  reduction: Reduction
) -> Tensor {
  let losses = -(targets * log(softmax(logits))).sum(along: logits.shape.rank - 1)
  return switch reduction {
  case .mean: losses.sum() / Tensor(count)
  case .sum: losses.sum()
  case .none: losses
  }
}

/// Calls `body` with pointers to the labels and the targets, nil where there are none.
private func withOptionalElements(
  of labels: [Int32]?,
  _ targets: Tensor?,
  _ body: (_ labels: UnsafePointer<Int32>?, _ targets: UnsafePointer<Float>?) -> Void
) {
  if let labels {
    unsafe labels.withUnsafeBufferPointer { unsafe body($0.baseAddress, nil) }
  } else if let targets {
    unsafe targets.withUnsafeElements { unsafe body(nil, $0.baseAddress) }
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
