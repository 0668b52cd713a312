import RecurrentKernels

/// The sum of products aᵀ g of matrices that come one after another: a weight's gradient.
///
/// A sequence's steps come with few rows each. They are kept until there are enough that reading
/// and writing the whole sum once for all of them takes little of the time.
struct ProductSum {
  /// The rows from which products are computed.
  private static let enoughRows = 128

  /// Whether the sum is wanted transposed: Σ gᵀ a.
  let isTransposed: Bool
  private let inputs: Int
  private let outputs: Int
  private var waiting: [(a: Tensor, g: Tensor)] = []
  private var rows = 0
  /// The sum in panels, [panel][1 + inputs][64], where the first row sums g; nil at first.
  private var sum: Tensor?

  /// Starts a sum of products of an `a` with `inputs` columns and a `g` with `outputs`.
  init(inputs: Int, outputs: Int, isTransposed: Bool) {
    self.inputs = inputs
    self.outputs = outputs
    self.isTransposed = isTransposed
  }

  private var panels: Int { (outputs + PanelLayout.width - 1) / PanelLayout.width }

  /// Adds aᵀ g, of `a` with shape [rows, inputs] and `g` with shape [rows, outputs].
  mutating func add(_ a: Tensor, _ g: Tensor) {
    guard a.count > 0, g.count > 0 else { return }
    // The kernel takes several matrices if they have equally many rows.
    if let last = waiting.last, last.g.count != g.count { compute() }
    waiting.append((a, g))
    rows += g.count / outputs
    if rows >= Self.enoughRows { compute() }
  }

  /// The sum: [inputs, outputs], or [outputs, inputs] where it is wanted transposed.
  mutating func value() -> Tensor {
    compute()
    let shape: Shape = isTransposed ? [outputs, inputs] : [inputs, outputs]
    guard let sum else { return .zeros(shape) }
    return unsafe Tensor(uninitialized: shape) { target in
      unsafe sum.withUnsafeElements { sum in
        guard let source = sum.baseAddress, let target = target.baseAddress else { return }
        unsafe recurrent_unpack(
          inputs,
          outputs,
          source,
          target,
          isTransposed ? 1 : outputs,
          isTransposed ? inputs : 1
        )
      }
    }
  }

  /// Adds the products that wait, the first to come first.
  private mutating func compute() {
    guard !waiting.isEmpty else { return }
    let steps = waiting.count
    let rows = rows / steps
    let a = steps == 1 ? waiting[0].a : stackedInputs(steps, rows)
    let g = gradientPanels(steps, rows)
    let starts = sum == nil
    var total = sum.take() ?? emptySum()
    unsafe total.withUnsafeMutableElements { total in
      unsafe a.withUnsafeElements { a in
        unsafe g.withUnsafeElements { g in
          guard let a = a.baseAddress, let g = g.baseAddress, let total = total.baseAddress else {
            return
          }
          var request = unsafe RecurrentWeightGradient(
            steps: steps,
            rows: rows,
            panels: panels,
            input_size: inputs,
            input_columns: PanelLayout.allColumns,
            input: a,
            input_row_stride: inputs,
            input_step_stride: rows * inputs,
            hidden_size: 0,
            hidden_columns: RecurrentColumns(from: 0, to: 0),
            previous_hidden: nil,
            hidden_row_stride: 0,
            hidden_step_stride: 0,
            skips_first_hidden: false,
            dz: g,
            dz_step_stride: panels * rows * PanelLayout.width,
            dz_panel_stride: rows * PanelLayout.width,
            gradient: total,
            starts: starts
          )
          unsafe kernels.pointee.weight_gradient(&request)
        }
      }
    }
    sum = total
    waiting.removeAll(keepingCapacity: true)
    self.rows = 0
  }

  private func emptySum() -> Tensor {
    unsafe Tensor(uninitialized: [panels, 1 + inputs, PanelLayout.width]) { _ in }
  }

  /// The inputs, [step][row][input].
  ///
  /// The kernel goes from the last step to the first, so the first to come is last.
  private func stackedInputs(_ steps: Int, _ rows: Int) -> Tensor {
    unsafe Tensor(uninitialized: [steps, rows, inputs]) { target in
      for (index, pair) in waiting.enumerated() {
        unsafe pair.a.withUnsafeElements { a in
          let start = (steps - 1 - index) * rows * inputs
          _ = unsafe target[start..<start + a.count].update(fromContentsOf: a)
        }
      }
    }
  }

  /// The gradients, [step][panel][row][64], in the inputs' order.
  private func gradientPanels(_ steps: Int, _ rows: Int) -> Tensor {
    let size = panels * rows * PanelLayout.width
    return unsafe Tensor(uninitialized: [steps, panels, rows, PanelLayout.width]) { target in
      guard let target = target.baseAddress else { return }
      for (index, pair) in waiting.enumerated() {
        unsafe pair.g.withUnsafeElements { g in
          guard let g = g.baseAddress else { return }
          unsafe recurrent_rows_to_panels(
            rows,
            rows,
            outputs,
            PanelLayout.width,
            g,
            outputs,
            target + (steps - 1 - index) * size
          )
        }
      }
    }
  }
}
