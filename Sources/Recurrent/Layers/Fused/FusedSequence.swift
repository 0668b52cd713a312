import RecurrentKernels

/// A whole sequence through one recurrent layer, forward and backward, in memory of its own.
///
/// One worker uses it at a time. Memory is allocated on the first pass and when a pass is larger
/// than all before it.
final class FusedSequence {
  /// Rows of floats of every step: element (row, step, k) at `base[row * rowStride +
  /// step * stepStride + k]`.
  @unsafe struct Steps {
    var base: UnsafePointer<Float>
    var rowStride: Int
    var stepStride: Int

    func step(_ step: Int) -> UnsafePointer<Float> { unsafe base + step * stepStride }
  }

  /// How much of the forward pass is kept.
  enum Keeping {
    /// Everything `backward` needs.
    case everything
    /// Every step's output.
    case outputs
    /// The last step's output.
    case lastOutput
  }

  /// The gradients that arrive at a layer's outputs.
  @unsafe struct OutputGradients {
    /// At every step's output, `[row][step][hidden]` by its strides.
    var outputs: Steps?
    /// At the last hidden state, rows of `hiddenSize` floats.
    var hidden: UnsafePointer<Float>?
    /// At the last cell state, rows of `hiddenSize` floats.
    var cell: UnsafePointer<Float>?
  }

  let cell: FusedCell
  private(set) var rows = 0
  private(set) var steps = 0
  private var keeping = Keeping.everything
  private var hasInitialHidden = false
  private var hasInitialCell = false
  private let gates = Buffer()
  private let cells = Buffer()
  private let hidden = Buffer()
  private let initialHidden = Buffer()
  private let initialCell = Buffer()
  private let cellGradient = Buffer()

  /// Set where products have operands of bfloat16; the weights given are then packed for it.
  private let paired: PairedOperands?

  init(_ cell: FusedCell, precision: Precision = .float32) {
    self.cell = cell
    paired = precision == .bfloat16 ? PairedOperands(cell) : nil
  }

  /// Distance of two rows of `outputs`, in floats: the hidden size with padding.
  var outputRowStride: Int { cell.layout.paddedHiddenSize }
  private var gateStep: Int { cell.layout.panels * rows * PanelLayout.width }
  private var cellStep: Int { cell.hasCellState ? rows * cell.layout.paddedHiddenSize : 0 }
  private var hiddenStep: Int { rows * outputRowStride }

  /// Every step's output; valid until the next forward pass that keeps outputs.
  var outputs: Steps {
    unsafe Steps(
      base: UnsafePointer(hiddenBase),
      rowStride: outputRowStride,
      stepStride: hiddenStep
    )
  }

  /// The last step's output, rows at a distance of `outputRowStride`.
  var lastOutput: UnsafePointer<Float> { unsafe UnsafePointer(hidden(at: steps - 1)) }

  /// Runs `steps` steps on `rows` sequences.
  ///
  /// `input` has `rows` rows and `steps` steps of the cell's input size. Initial states are rows of
  /// `hiddenSize` floats; none, and all zeros, are the same.
  func forward(
    _ input: Steps,
    rows: Int,
    steps: Int,
    weights: FusedWeights,
    initialHidden: UnsafePointer<Float>? = nil,
    initialCell: UnsafePointer<Float>? = nil,
    keeping: Keeping
  ) {
    self.rows = rows
    self.steps = steps
    self.keeping = keeping
    hasInitialHidden = unsafe initialHidden.map { unsafe hasNonzero($0) } ?? false
    hasInitialCell = unsafe initialCell.map { unsafe hasNonzero($0) } ?? false
    if hasInitialHidden, let initialHidden = unsafe initialHidden {
      unsafe self.initialHidden.reserve(rows * cell.hiddenSize).update(
        from: initialHidden,
        count: rows * cell.hiddenSize
      )
    }
    if hasInitialCell, let initialCell = unsafe initialCell {
      unsafe recurrent_rows_to_panels(
        rows,
        cell.hiddenSize,
        cell.layout.unitsPerPanel,
        initialCell,
        cell.hiddenSize,
        initialCellBase
      )
    }
    for step in 0..<steps {
      unsafe run(
        RecurrentForwardStep(
          rows: rows,
          panels: cell.layout.panels,
          input_size: cell.inputSize,
          input: input.step(step),
          input_row_stride: input.rowStride,
          hidden_size: cell.hiddenSize,
          previous_hidden: previousHidden(of: step),
          previous_hidden_row_stride: step == 0 ? cell.hiddenSize : outputRowStride,
          previous_cell: previousCell(of: step),
          weights: UnsafePointer(weights.forward),
          gates: keeping == .everything ? gates(at: step) : nil,
          cell: cell.hasCellState ? cell(at: step) : nil,
          hidden: hidden(at: step),
          hidden_row_stride: outputRowStride,
          activation: RECURRENT_TANH
        )
      )
    }
  }

  /// Copies the final states out, as rows of `hiddenSize` floats.
  func readFinalState(
    hidden: UnsafeMutablePointer<Float>,
    cell cellState: UnsafeMutablePointer<Float>?
  ) {
    for row in 0..<rows {
      unsafe (hidden + row * cell.hiddenSize).update(
        from: lastOutput + row * outputRowStride,
        count: cell.hiddenSize
      )
    }
    if let cellState = unsafe cellState {
      unsafe recurrent_panels_to_rows(
        rows,
        cell.hiddenSize,
        cell.layout.unitsPerPanel,
        cell(at: steps - 1),
        cellState,
        cell.hiddenSize
      )
    }
  }

  /// Runs back through the last forward pass, which must have kept everything, once.
  ///
  /// `weightGradient` is [panels][1 + I + H][64] and is overwritten. `inputGradient` has the
  /// strides of `input`; initial state gradients are rows of `hiddenSize` floats.
  func backward(
    _ input: Steps,
    weights: FusedWeights,
    arriving: OutputGradients,
    weightGradient: UnsafeMutablePointer<Float>,
    inputGradient: (base: UnsafeMutablePointer<Float>, rowStride: Int, stepStride: Int)? = nil,
    initialHiddenGradient: UnsafeMutablePointer<Float>? = nil,
    initialCellGradient: UnsafeMutablePointer<Float>? = nil
  ) {
    assert(keeping == .everything)
    let panels = cell.layout.panels
    unsafe startCellGradient(arriving.cell)
    // Few steps at a time, so that their dz are still in the cache when the weights need them.
    let chunk = max(1, 128 / rows)
    var pending = 0
    for step in stride(from: steps - 1, through: 0, by: -1) {
      let isLast = step == steps - 1
      unsafe run(
        RecurrentBackwardStep(
          rows: rows,
          panels: panels,
          hidden_size: cell.hiddenSize,
          next_dz: isLast ? nil : UnsafePointer(gates(at: step + 1)),
          weights: UnsafePointer(weights.recurrent),
          d_output: arriving.outputs?.step(step),
          d_output_row_stride: arriving.outputs?.rowStride ?? 0,
          d_hidden: isLast ? arriving.hidden : nil,
          d_hidden_row_stride: cell.hiddenSize,
          gates: gates(at: step),
          cell: cell.hasCellState ? UnsafePointer(cell(at: step)) : nil,
          previous_cell: previousCell(of: step),
          d_cell: cell.hasCellState ? cellGradientBase : nil,
          activation: RECURRENT_TANH
        )
      )
      if let inputGradient = unsafe inputGradient {
        unsafe multiply(
          dzOf: step,
          by: weights.input,
          columns: cell.inputSize,
          into: inputGradient.base + step * inputGradient.stepStride,
          rowStride: inputGradient.rowStride
        )
      }
      pending += 1
      if pending == chunk || step == 0 {
        unsafe addWeightGradient(
          from: step,
          count: pending,
          input: input,
          to: weightGradient
        )
        pending = 0
      }
    }
    if let target = unsafe initialHiddenGradient {
      unsafe multiply(
        dzOf: 0,
        by: weights.recurrent,
        columns: cell.hiddenSize,
        into: target,
        rowStride: cell.hiddenSize
      )
    }
    if let target = unsafe initialCellGradient {
      unsafe recurrent_panels_to_rows(
        rows,
        cell.hiddenSize,
        cell.layout.unitsPerPanel,
        cellGradientBase,
        target,
        cell.hiddenSize
      )
    }
  }

  // MARK: - Parts of the passes

  private func run(_ step: RecurrentForwardStep) {
    if let paired { return unsafe paired.forward(step) }
    unsafe cell.forward(step, with: kernels)
  }

  private func run(_ step: RecurrentBackwardStep) {
    if let paired { return unsafe paired.backward(step) }
    unsafe cell.backward(step, with: kernels)
  }

  private func startCellGradient(_ arriving: UnsafePointer<Float>?) {
    guard cell.hasCellState else { return }
    if let arriving = unsafe arriving {
      unsafe recurrent_rows_to_panels(
        rows,
        cell.hiddenSize,
        cell.layout.unitsPerPanel,
        arriving,
        cell.hiddenSize,
        cellGradientBase
      )
    } else {
      unsafe cellGradientBase.update(repeating: 0, count: cellStep)
    }
  }

  private func addWeightGradient(
    from step: Int,
    count: Int,
    input: Steps,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    // A given initial state has a layout of its own, so its step is added by itself.
    let isApart = step == 0 && hasInitialHidden
    let first = isApart ? 1 : step
    var starts = step + count == steps
    func part(_ start: Int, _ count: Int, _ previous: UnsafePointer<Float>, _ rowStride: Int) {
      var request = unsafe RecurrentWeightGradient(
        steps: count,
        rows: rows,
        panels: cell.layout.panels,
        input_size: cell.inputSize,
        input: input.step(start),
        input_row_stride: input.rowStride,
        input_step_stride: input.stepStride,
        hidden_size: cell.hiddenSize,
        previous_hidden: previous,
        hidden_row_stride: rowStride,
        hidden_step_stride: hiddenStep,
        skips_first_hidden: start == 0 && !hasInitialHidden,
        dz: UnsafePointer(gates(at: start)),
        dz_step_stride: gateStep,
        gradient: gradient,
        starts: starts
      )
      if let paired {
        unsafe paired.addWeightGradient(request)
      } else {
        unsafe kernels.pointee.weight_gradient(&request)
      }
      starts = false
    }
    let later = count - (first - step)
    if later > 0 {
      // A zero state before step 0 is left out: the states begin with that before step 1.
      let previous = unsafe UnsafePointer(hiddenBase + max(0, first - 1) * hiddenStep)
      unsafe part(first, later, previous, outputRowStride)
    }
    if isApart { unsafe part(0, 1, UnsafePointer(initialHiddenBase), cell.hiddenSize) }
  }

  private func multiply(
    dzOf step: Int,
    by panels: UnsafePointer<Float>,
    columns: Int,
    into target: UnsafeMutablePointer<Float>,
    rowStride: Int
  ) {
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: columns,
      a: UnsafePointer(gates(at: step)),
      a_row_stride: PanelLayout.width,
      segments: cell.layout.panels,
      segment_depth: PanelLayout.width,
      segment_stride: rows * PanelLayout.width,
      panels: panels,
      c: target,
      c_row_stride: rowStride,
      c_panel_stride: PanelLayout.width
    )
    if let paired { return unsafe paired.multiply(product) }
    unsafe kernels.pointee.product(&product)
  }

  private func hasNonzero(_ state: UnsafePointer<Float>) -> Bool {
    unsafe UnsafeBufferPointer(start: state, count: rows * cell.hiddenSize).contains { $0 != 0 }
  }

  // MARK: - Places in memory

  private var gatesBase: UnsafeMutablePointer<Float> { unsafe gates.reserve(steps * gateStep) }
  private var cellsBase: UnsafeMutablePointer<Float> {
    unsafe cells.reserve((keeping == .everything ? steps : 1) * cellStep)
  }
  private var hiddenBase: UnsafeMutablePointer<Float> {
    unsafe hidden.reserve((keeping == .lastOutput ? 2 : steps) * hiddenStep)
  }
  private var cellGradientBase: UnsafeMutablePointer<Float> {
    unsafe cellGradient.reserve(cellStep)
  }
  private var initialHiddenBase: UnsafeMutablePointer<Float> {
    unsafe initialHidden.reserve(rows * cell.hiddenSize)
  }
  private var initialCellBase: UnsafeMutablePointer<Float> { unsafe initialCell.reserve(cellStep) }

  private func gates(at step: Int) -> UnsafeMutablePointer<Float> {
    unsafe gatesBase + step * gateStep
  }

  private func cell(at step: Int) -> UnsafeMutablePointer<Float> {
    unsafe cellsBase + (keeping == .everything ? step : 0) * cellStep
  }

  private func hidden(at step: Int) -> UnsafeMutablePointer<Float> {
    unsafe hiddenBase + (keeping == .lastOutput ? step % 2 : step) * hiddenStep
  }

  private func previousHidden(of step: Int) -> UnsafePointer<Float>? {
    if step > 0 { return unsafe UnsafePointer(hidden(at: step - 1)) }
    return unsafe hasInitialHidden ? UnsafePointer(initialHiddenBase) : nil
  }

  private func previousCell(of step: Int) -> UnsafePointer<Float>? {
    guard cell.hasCellState else { return nil }
    if step > 0 { return unsafe UnsafePointer(cell(at: step - 1)) }
    return unsafe hasInitialCell ? UnsafePointer(initialCellBase) : nil
  }
}
