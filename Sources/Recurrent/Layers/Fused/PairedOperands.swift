import RecurrentKernels

/// Runs a cell's kernels with the operands of their products rounded to bfloat16.
///
/// Takes the requests of the float kernels, joins their operands in pairs in memory of its own, and
/// passes them on. Sums, gates, states and gradients are floats as ever. One worker uses it at a
/// time; memory is allocated on growth only.
@safe final class PairedOperands {
  private let cell: FusedCell
  /// The kernels that read pairs.
  let kernels: UnsafePointer<RecurrentKernels>
  private let input = Buffer()
  private let hidden = Buffer()
  private let dz = Buffer()

  /// Creates operands for `cell`; nil if this processor lacks the kernels.
  init?(_ cell: FusedCell) {
    guard let kernels = unsafe recurrent_bfloat16_kernels() else { return nil }
    self.cell = cell
    unsafe self.kernels = unsafe kernels
  }

  /// Half of a number of operands, rounded up: the pairs they make.
  static func pairs(_ operands: Int) -> Int { (operands + 1) / 2 }

  /// Runs one step forward with a kernel that reads pairs; `step.weights` are pairs.
  func forward(_ step: RecurrentForwardStep, _ kernel: RecurrentCellKernels) {
    var step = unsafe step
    let (rows, inputs, states) = unsafe (step.rows, step.input_size, step.hidden_size)
    let input = unsafe self.input.reserve(rows * Self.pairs(inputs))
    unsafe kernels.pointee.column_pairs(
      rows,
      inputs,
      step.input,
      step.input_row_stride,
      input,
      Self.pairs(inputs)
    )
    unsafe step.input = UnsafePointer(input)
    unsafe step.input_row_stride = Self.pairs(inputs)
    unsafe step.input_size = Self.pairs(inputs)
    if let previous = unsafe step.previous_hidden, states > 0 {
      let hidden = unsafe self.hidden.reserve(rows * Self.pairs(states))
      unsafe kernels.pointee.column_pairs(
        rows,
        states,
        previous,
        step.previous_hidden_row_stride,
        hidden,
        Self.pairs(states)
      )
      unsafe step.previous_hidden = UnsafePointer(hidden)
      unsafe step.previous_hidden_row_stride = Self.pairs(states)
    }
    unsafe step.hidden_size = Self.pairs(states)
    unsafe kernel.forward(&step)
  }

  /// Joins what a step backward reads for its product; `step.weights` are pairs.
  func join(_ step: inout RecurrentBackwardStep) {
    guard let next = unsafe step.next_dz else { return }
    let half = PanelLayout.width / 2
    let pairs = unsafe dz.reserve(step.panels * step.panel_rows * half)
    for panel in unsafe 0..<step.panels {
      unsafe kernels.pointee.column_pairs(
        step.next_rows,
        PanelLayout.width,
        next + panel * step.panel_rows * PanelLayout.width,
        PanelLayout.width,
        pairs + panel * step.panel_rows * half,
        half
      )
    }
    unsafe step.next_dz = UnsafePointer(pairs)
  }

  /// Multiplies dz, in panels, by weights in pairs.
  func multiply(_ product: RecurrentProduct) {
    var product = unsafe product
    let depth = unsafe product.segment_depth / 2
    let pairs = unsafe dz.reserve(product.segments * product.rows * depth)
    for segment in unsafe 0..<product.segments {
      unsafe kernels.pointee.column_pairs(
        product.rows,
        product.segment_depth,
        product.a + segment * product.segment_stride,
        product.a_row_stride,
        pairs + segment * product.rows * depth,
        depth
      )
    }
    unsafe product.a = UnsafePointer(pairs)
    unsafe product.a_row_stride = depth
    unsafe product.segment_depth = depth
    unsafe product.segment_stride = product.rows * depth
    unsafe kernels.pointee.product(&product)
  }

  /// Adds a weight gradient, whose sums over rows go by pairs of rows.
  func addWeightGradient(_ request: RecurrentWeightGradient) {
    var request = unsafe request
    let rowPairs = unsafe Self.pairs(request.rows)
    unsafe request.input = joinRows(
      of: request.input,
      columns: request.input_size,
      steps: request.steps,
      rows: request.rows,
      rowStride: request.input_row_stride,
      stepStride: request.input_step_stride,
      in: input
    )
    unsafe request.input_row_stride = request.input_size
    unsafe request.input_step_stride = rowPairs * request.input_size
    let stateSteps = unsafe request.steps - (request.skips_first_hidden ? 1 : 0)
    if let previous = unsafe request.previous_hidden, stateSteps > 0 {
      unsafe request.previous_hidden = joinRows(
        of: previous,
        columns: request.hidden_size,
        steps: stateSteps,
        rows: request.rows,
        rowStride: request.hidden_row_stride,
        stepStride: request.hidden_step_stride,
        in: hidden
      )
      unsafe request.hidden_row_stride = request.hidden_size
      unsafe request.hidden_step_stride = rowPairs * request.hidden_size
    }
    // The panels of a step lie one after another, each with the same rows.
    let width = PanelLayout.width
    let pairs = unsafe dz.reserve(request.steps * request.panels * rowPairs * width)
    for step in unsafe 0..<request.steps {
      for panel in unsafe 0..<request.panels {
        unsafe kernels.pointee.row_pairs(
          request.rows,
          width,
          request.dz + step * request.dz_step_stride + panel * request.dz_panel_stride,
          width,
          pairs + (step * request.panels + panel) * rowPairs * width
        )
      }
    }
    unsafe request.dz = UnsafePointer(pairs)
    unsafe request.dz_step_stride = request.panels * rowPairs * width
    unsafe request.dz_panel_stride = rowPairs * width
    unsafe request.rows = rowPairs
    unsafe kernels.pointee.weight_gradient(&request)
  }

  private func joinRows(
    of source: UnsafePointer<Float>,
    columns: Int,
    steps: Int,
    rows: Int,
    rowStride: Int,
    stepStride: Int,
    in buffer: Buffer
  ) -> UnsafePointer<Float> {
    let size = Self.pairs(rows) * columns
    let pairs = unsafe buffer.reserve(steps * size)
    for step in 0..<steps {
      unsafe kernels.pointee.row_pairs(
        rows,
        columns,
        source + step * stepStride,
        rowStride,
        pairs + step * size
      )
    }
    return unsafe UnsafePointer(pairs)
  }
}
