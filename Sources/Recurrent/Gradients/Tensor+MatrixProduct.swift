import RecurrentKernels

/// Returns the matrix product of `a` [..., m, k] and `b` [k, n]: [..., m, n].
///
/// With `transposingSecond`, `b` is [n, k], as the weights of layers are kept. Each element is one
/// sum over k, in order, with every multiply-add fused.
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
      a.product(with: b, isTransposed: transposingSecond, shape: shape),
      { gradient in
        let rows = a.shape.dimensions.dropLast().reduce(1, *)
        let left = a.reshaped(to: [rows, factor[0]])
        let right = gradient.reshaped(to: [rows, factor[1]])
        let (first, second) = transposingSecond ? (right, left) : (left, right)
        return [
          isTracked[0]
            ? gradient.product(with: b, isTransposed: !transposingSecond, shape: a.shape) : nil,
          isTracked[1]
            ? first.transposed().product(with: second, isTransposed: false, shape: b.shape) : nil,
        ]
      }
    )
  }
}

extension Tensor {
  /// The product with `b`, or with `b` transposed, without recording it.
  fileprivate func product(with b: Tensor, isTransposed: Bool, shape: Shape) -> Tensor {
    let (inputs, outputs) =
      isTransposed ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    let rows = inputs == 0 ? shape.count / max(outputs, 1) : count / inputs
    let packed = PackedMatrix(
      b,
      inputs: inputs,
      outputs: outputs,
      inputStride: isTransposed ? 1 : outputs,
      outputStride: isTransposed ? inputs : 1,
      bias: nil
    )
    return unsafe Tensor(uninitialized: shape) { result in
      unsafe withUnsafeElements { a in
        guard let a = a.baseAddress, let c = result.baseAddress else { return }
        unsafe packed.multiply(
          a,
          rows: rows,
          rowStride: inputs,
          into: c,
          resultRowStride: outputs
        )
      }
    }
  }
}

/// A matrix in the order the product kernels read it, with its bias.
struct PackedMatrix {
  let inputs: Int
  let outputs: Int
  private var panels: Tensor

  /// Packs the matrix W[k][n] = elements[k * inputStride + n * outputStride].
  init(
    _ matrix: Tensor,
    inputs: Int,
    outputs: Int,
    inputStride: Int,
    outputStride: Int,
    bias: Tensor?
  ) {
    require(
      matrix.count == inputs * outputs && bias.map { $0.count == outputs } ?? true,
      "a matrix of \(matrix.count) elements is not \(inputs) x \(outputs)"
    )
    self.inputs = inputs
    self.outputs = outputs
    let panelCount = (outputs + PanelLayout.width - 1) / PanelLayout.width
    panels = unsafe Tensor(uninitialized: [panelCount, 1 + inputs, PanelLayout.width]) { packed in
      unsafe matrix.withUnsafeElements { matrix in
        guard let source = matrix.baseAddress, let target = packed.baseAddress else { return }
        if let bias {
          unsafe bias.withUnsafeElements { bias in
            unsafe recurrent_pack(
              inputs,
              outputs,
              source,
              inputStride,
              outputStride,
              bias.baseAddress,
              target
            )
          }
        } else {
          unsafe recurrent_pack(inputs, outputs, source, inputStride, outputStride, nil, target)
        }
      }
    }
  }

  /// result[r] = bias + a[r] W for `rows` rows of `inputs` numbers each.
  ///
  /// `a` holds rows at a distance of `rowStride` floats, `result` rows of `outputs` floats at a
  /// distance of `resultRowStride`; the caller states both by passing them.
  func multiply(
    _ a: UnsafePointer<Float>,
    rows: Int,
    rowStride: Int,
    into result: UnsafeMutablePointer<Float>,
    resultRowStride: Int
  ) {
    unsafe panels.withUnsafeElements { panels in
      guard let panels = panels.baseAddress else { return }
      var product = unsafe RecurrentProduct(
        rows: rows,
        columns: outputs,
        a: a,
        a_row_stride: rowStride,
        segments: 1,
        segment_depth: inputs,
        segment_stride: 0,
        panels: panels,
        c: result,
        c_row_stride: resultRowStride,
        c_panel_stride: PanelLayout.width
      )
      unsafe kernels.pointee.product(&product)
    }
  }
}
