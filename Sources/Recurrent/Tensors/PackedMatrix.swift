import RecurrentKernels

/// A matrix in the order the product kernels read it.
struct PackedMatrix: Sendable {
  let inputs: Int
  let outputs: Int
  /// Whether the tensor it was packed from is [outputs, inputs] rather than [inputs, outputs].
  let isTransposed: Bool
  private let panels: Tensor

  /// Packs a matrix of shape [inputs, outputs], or [outputs, inputs] where `isTransposed`.
  init(_ matrix: Tensor, inputs: Int, outputs: Int, isTransposed: Bool) {
    require(
      matrix.count == inputs * outputs,
      "a matrix of \(matrix.count) elements is not \(inputs) x \(outputs)"
    )
    self.inputs = inputs
    self.outputs = outputs
    self.isTransposed = isTransposed
    let panelCount = (outputs + PanelLayout.width - 1) / PanelLayout.width
    panels = unsafe Tensor(uninitialized: [panelCount, 1 + inputs, PanelLayout.width]) { packed in
      unsafe matrix.withUnsafeElements { matrix in
        guard let source = matrix.baseAddress, let target = packed.baseAddress else { return }
        unsafe recurrent_pack(
          inputs,
          outputs,
          source,
          isTransposed ? 1 : outputs,
          isTransposed ? inputs : 1,
          nil,
          target
        )
      }
    }
  }

  /// result[r] = a[r] W for `rows` rows, of `inputs` floats in `a` and of `outputs` in `result`.
  ///
  /// The caller states that both have as many by passing them.
  func multiply(
    _ a: UnsafePointer<Float>,
    rows: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    unsafe panels.withUnsafeElements { panels in
      guard let panels = panels.baseAddress else { return }
      var product = unsafe RecurrentProduct(
        rows: rows,
        columns: outputs,
        a: a,
        a_row_stride: inputs,
        segments: 1,
        segment_depth: inputs,
        segment_stride: 0,
        panels: panels,
        c: result,
        c_row_stride: outputs,
        c_panel_stride: PanelLayout.width
      )
      unsafe kernels.pointee.product(&product)
    }
  }
}

extension Tensor {
  /// The elements as a packed matrix, which is packed once for as long as they are not written to.
  func packed(inputs: Int, outputs: Int, isTransposed: Bool) -> PackedMatrix {
    storage.packedMatrix {
      $0.inputs == inputs && $0.outputs == outputs && $0.isTransposed == isTransposed
    } orPacking: {
      PackedMatrix(self, inputs: inputs, outputs: outputs, isTransposed: isTransposed)
    }
  }
}
