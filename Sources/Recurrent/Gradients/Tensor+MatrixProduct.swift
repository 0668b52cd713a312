/// Returns the matrix product of `a` [..., m, k] and `b` [k, n]: [..., m, n].
///
/// With `transposingSecond`, `b` is [n, k], as the weights of layers are kept. Each element is one
/// sum over k, in order, with every multiply-add fused. What `b` looks like to the kernels is
/// remembered with its elements, so that a weight is put in order once for all steps that read it.
///
/// - Precondition: `b` has rank 2, and its extent k is the last of `a`.
/// - Complexity: O(m k n).
public func matmul(_ a: Tensor, _ b: Tensor, transposingSecond: Bool = false) -> Tensor {
  let factor = b.shape.rank == 2 && transposingSecond ? Shape([b.shape[1], b.shape[0]]) : b.shape
  guard let shape = Shape.matrixProduct(a.shape, factor) else {
    requirementFailed(
      """
      matmul cannot multiply \(a.shape) by \(b.shape)\(transposingSecond ? " transposed" : ""): \
      it needs [..., m, k] and [k, n]
      """,
      file: #fileID,
      line: #line
    )
  }
  return Tape.operation([a, b]) { inputs, isTracked in
    let (a, b) = (inputs[0], inputs[1])
    return (
      [a.product(with: b, isTransposed: transposingSecond, shape: shape)],
      { gradients, sums in
        guard let gradient = gradients[0] else { return }
        if isTracked[0] {
          sums.add(
            gradient.product(with: b, isTransposed: !transposingSecond, shape: a.shape),
            toInput: 0
          )
        }
        if isTracked[1] {
          let rows = a.shape.dimensions.dropLast().reduce(1, *)
          sums.addProduct(
            of: a.sharingElements(as: [rows, factor[0]]),
            with: gradient.sharingElements(as: [rows, factor[1]]),
            isTransposed: transposingSecond,
            toInput: 1
          )
        }
      }
    )
  }[0]
}

extension Tensor {
  /// The product with `b`, or with `b` transposed, without recording it.
  fileprivate func product(with b: Tensor, isTransposed: Bool, shape: Shape) -> Tensor {
    let (inputs, outputs) =
      isTransposed ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    let rows = inputs == 0 ? shape.count / max(outputs, 1) : count / inputs
    if isDoublePrecision || b.isDoublePrecision {
      return Tensor(
        doublePrecision: Self.product(
          doubleElements,
          b.doubleElements,
          sizes: (rows, inputs, outputs),
          isTransposed: isTransposed
        ),
        shape: shape
      )
    }
    let packed = b.packed(inputs: inputs, outputs: outputs, isTransposed: isTransposed)
    return unsafe Tensor(uninitialized: shape) { result in
      unsafe withUnsafeElements { a in
        guard let a = a.baseAddress, let c = result.baseAddress else { return }
        unsafe packed.multiply(a, rows: rows, into: c)
      }
    }
  }

  /// The same in double precision.
  private static func product(
    _ a: [Double],
    _ b: [Double],
    sizes: (rows: Int, inputs: Int, outputs: Int),
    isTransposed: Bool
  ) -> [Double] {
    let (rows, inputs, outputs) = sizes
    var result = [Double](repeating: 0, count: rows * outputs)
    for row in 0..<rows {
      for column in 0..<outputs {
        let (start, step) = isTransposed ? (column * inputs, 1) : (column, outputs)
        var sum = 0.0
        for k in 0..<inputs { sum += a[row * inputs + k] * b[start + k * step] }
        result[row * outputs + column] = sum
      }
    }
    return result
  }
}
