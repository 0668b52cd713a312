import RecurrentKernels

/// A whole sequence through one recurrent layer in one direction, forward and backward, in memory
/// of its own.
///
/// Rows are sorted by length, the longest first, so that those still running at a time are the
/// first ones; what is kept lies at its own time whichever way the layer reads. One worker uses it
/// at a time. Memory is allocated on the first pass and when a pass is larger than all before it.
@safe final class FusedSequence {
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

  /// How many rows there are, and how long each of them is.
  struct Extent {
    var rows: Int
    var steps: Int
    /// The rows that have each step, from the first step on; nil where all have all.
    var running: [Int]?
    var isReversed = false

    /// The rows that have the step at this time.
    func running(at time: Int) -> Int { running.map { $0[time] } ?? rows }
    /// The time of the layer's n-th step.
    func time(of step: Int) -> Int { isReversed ? steps - 1 - step : step }
  }

  /// One number for each unit of each row before the first step: rows of floats, `rowStride` apart
  /// or all the same with a stride of 0.
  @unsafe struct Rows {
    var base: UnsafePointer<Float>
    var rowStride: Int
  }

  /// The states before the first step.
  @unsafe struct InitialState {
    /// Rows of `outputSize` floats.
    var hidden: Rows?
    /// Rows of `hiddenSize` floats for each further state.
    var states: (Rows?, Rows?, Rows?)

    func state(_ index: Int) -> Rows? {
      unsafe index == 0 ? states.0 : index == 1 ? states.1 : states.2
    }
  }

  /// What a pass in training multiplies by, and what stays of states before.
  @unsafe struct Masks {
    /// What the hidden state is multiplied by before the recurrent weights, at every step alike.
    var hidden: Rows?
    /// The shares of the hidden and of the cell state before that stay.
    var hiddenZoneout: Steps?
    var cellZoneout: Steps?
  }

  let cell: FusedCell
  private(set) var extent = Extent(rows: 0, steps: 0)
  private(set) var keeping = Keeping.everything
  private(set) var hasInitialState = false
  private(set) var masks = unsafe Masks()
  private let gates = Buffer()
  private let states = Buffer()
  private let hidden = Buffer()
  private let maskedHidden = Buffer()
  private let staged = Buffer()
  private let secondSums = Buffer()
  // What only the way back needs; see FusedSequence+Backward.swift.
  let stateGradient = Buffer()
  let carriedGradient = Buffer()
  let secondGradient = Buffer()
  let stagedGradient = Buffer()

  /// Set where products have operands of bfloat16; the weights given are then packed for it.
  let paired: PairedOperands?

  init(_ cell: FusedCell, precision: Precision = .float32) {
    self.cell = cell
    paired = precision == .bfloat16 ? PairedOperands(cell) : nil
  }

  /// Distance of two rows of `outputs`, in floats: the output size with padding.
  var outputRowStride: Int { cell.paddedOutputSize }
  /// Every step's output at its time; valid until the next forward pass that keeps outputs.
  ///
  /// A row's steps past its end are not written.
  var outputs: Steps {
    unsafe Steps(
      base: UnsafePointer(hidden(after: extent.isReversed ? extent.steps - 1 : 0)),
      rowStride: outputRowStride,
      stepStride: hiddenStep
    )
  }

  /// Runs over the rows of `input`, which has `extent.steps` steps of the cell's input size.
  ///
  /// No initial states, and all zeros, are the same.
  func forward(
    _ input: Steps,
    _ extent: Extent,
    weights: FusedWeights,
    initialState: InitialState? = nil,
    masks: Masks? = nil,
    keeping: Keeping
  ) {
    self.extent = extent
    self.keeping = keeping
    unsafe self.masks = unsafe masks ?? Masks()
    hasInitialState = unsafe initialState != nil
    let kernel = unsafe cell.kernels(in: paired?.kernels ?? kernels)
    for step in 0..<extent.steps {
      let time = extent.time(of: step)
      let rows = extent.running(at: time)
      unsafe begin(step, rows: rows, with: initialState)
      let hasPrevious = step > 0 || hasInitialState
      let before = unsafe hasPrevious ? UnsafePointer(hidden(before: step)) : nil
      let multiplied = unsafe hasPrevious ? previousOperand(of: step, rows: rows) : nil
      let mask = unsafe self.masks.hidden
      let hiddenZoneout = unsafe self.masks.hiddenZoneout
      let cellZoneout = unsafe self.masks.cellZoneout
      let result = unsafe hidden(after: step)
      var request = unsafe RecurrentForwardStep(
        rows: rows,
        panel_rows: extent.rows,
        panels: cell.layout.panels,
        input_size: cell.inputSize,
        input: input.step(time),
        input_row_stride: input.rowStride,
        hidden_size: cell.recurrentSize,
        previous_hidden: multiplied,
        previous_hidden_row_stride: outputRowStride,
        previous_output: before,
        previous_output_row_stride: outputRowStride,
        hidden_mask: mask?.base,
        hidden_mask_row_stride: mask?.rowStride ?? 0,
        previous_states: hasPrevious ? previousStates(of: step) : nil,
        states: cell.stateCount > 0 ? states(after: step) : nil,
        state_stride: stateStride,
        weights: UnsafePointer(weights.forward),
        unit_parameters: weights.units.map { unsafe UnsafePointer($0) },
        gates: keeping == .everything || cell.needsGates ? gates(at: time) : nil,
        statistics: statistics(at: time),
        unit_count: cell.hiddenSize,
        hidden: cell.second == nil ? result : staged(at: time),
        hidden_row_stride: cell.second == nil ? outputRowStride : cell.layout.paddedHiddenSize,
        second: nil,
        second_row_stride: 0,
        hidden_zoneout: cell.isProjected ? nil : hiddenZoneout?.step(time),
        hidden_zoneout_row_stride: hiddenZoneout?.rowStride ?? 0,
        cell_zoneout: cellZoneout?.step(time),
        cell_zoneout_row_stride: cellZoneout?.rowStride ?? 0,
        activation: cell.activation,
        time_step: cell.timeStep
      )
      if let paired {
        unsafe paired.forward(request, kernel)
      } else {
        unsafe kernel.forward(&request)
      }
      guard cell.second != nil else { continue }
      unsafe multiplyStaged(
        at: time,
        rows: rows,
        by: weights,
        into: cell.isProjected ? result : secondSums.reserve(extent.rows * outputRowStride)
      )
      if cell.isProjected {
        unsafe zoneOutProjection(step, rows: rows, before: before)
      } else {
        unsafe request.second = UnsafePointer(secondSums.reserve(extent.rows * outputRowStride))
        unsafe request.second_row_stride = outputRowStride
        unsafe request.hidden = result
        unsafe request.hidden_row_stride = outputRowStride
        unsafe kernel.finish?(&request)
      }
    }
  }

  /// Copies the hidden states after each row's last step, as rows of `outputSize` floats.
  func readFinalHidden(_ target: UnsafeMutablePointer<Float>) {
    forEachEnd { step, rows in
      for row in rows {
        unsafe (target + row * cell.outputSize).update(
          from: hidden(after: step) + row * outputRowStride,
          count: cell.outputSize
        )
      }
    }
  }

  /// Copies one further state after each row's last step, as rows of `hiddenSize` floats.
  func readFinalState(_ index: Int, _ target: UnsafeMutablePointer<Float>) {
    let units = cell.layout.unitsPerPanel
    forEachEnd { step, rows in
      let source = unsafe states(after: step) + index * stateStride + rows.lowerBound * units
      unsafe recurrent_panels_to_rows(
        rows.count,
        extent.rows,
        cell.hiddenSize,
        units,
        source,
        target + rows.lowerBound * cell.hiddenSize,
        cell.hiddenSize
      )
    }
  }

  /// Calls `body` with the layer's steps that are the last of some rows, and these rows.
  private func forEachEnd(_ body: (_ step: Int, _ rows: Range<Int>) -> Void) {
    if extent.isReversed || extent.running == nil {
      return body(extent.steps - 1, 0..<extent.running(at: extent.time(of: extent.steps - 1)))
    }
    for step in 0..<extent.steps {
      let later = step + 1 < extent.steps ? extent.running(at: step + 1) : 0
      if later < extent.running(at: step) { body(step, later..<extent.running(at: step)) }
    }
  }

  // MARK: - Parts of a step

  /// Puts the initial state before `step` for the rows that begin with it.
  private func begin(_ step: Int, rows: Int, with initial: InitialState?) {
    let earlier = step > 0 ? extent.running(at: extent.time(of: step - 1)) : 0
    guard earlier < rows, unsafe step > 0 || initial != nil else { return }
    let size = cell.outputSize
    for row in earlier..<rows {
      let target = unsafe hidden(before: step) + row * outputRowStride
      if let source = unsafe initial?.hidden {
        unsafe target.update(from: source.base + row * source.rowStride, count: size)
        unsafe (target + size).update(repeating: 0, count: outputRowStride - size)
      } else {
        unsafe target.update(repeating: 0, count: outputRowStride)
      }
    }
    let units = cell.layout.unitsPerPanel
    for index in 0..<cell.stateCount {
      let target = unsafe states(before: step) + index * stateStride
      if let source = unsafe initial?.state(index) {
        unsafe recurrent_rows_to_panels(
          rows - earlier,
          extent.rows,
          cell.hiddenSize,
          units,
          source.base + earlier * source.rowStride,
          source.rowStride,
          target + earlier * units
        )
      } else {
        for panel in 0..<cell.layout.panels {
          unsafe (target + (panel * extent.rows + earlier) * units)
            .update(repeating: 0, count: (rows - earlier) * units)
        }
      }
    }
  }

  /// What the recurrent weights multiply at `step`: the hidden state before it, masked.
  private func previousOperand(of step: Int, rows: Int) -> UnsafePointer<Float> {
    let before = unsafe hidden(before: step)
    guard let mask = unsafe masks.hidden else { return unsafe UnsafePointer(before) }
    let target = unsafe maskedHidden(before: step)
    for row in 0..<rows {
      unsafe kernels.pointee.combine(
        RECURRENT_MULTIPLY,
        outputRowStride,
        before + row * outputRowStride,
        1,
        mask.base + row * mask.rowStride,
        1,
        target + row * outputRowStride
      )
    }
    return unsafe UnsafePointer(target)
  }

  private func multiplyStaged(
    at time: Int,
    rows: Int,
    by weights: FusedWeights,
    into target: UnsafeMutablePointer<Float>
  ) {
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: cell.outputSize,
      a: UnsafePointer(staged(at: time)),
      a_row_stride: cell.layout.paddedHiddenSize,
      segments: 1,
      segment_depth: cell.hiddenSize,
      segment_stride: 0,
      panels: UnsafePointer(weights.second),
      c: target,
      c_row_stride: outputRowStride,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
  }

  /// Zoneout of a projected hidden state, which no kernel of gates writes.
  private func zoneOutProjection(_ step: Int, rows: Int, before: UnsafePointer<Float>?) {
    guard let zoneout = unsafe masks.hiddenZoneout else { return }
    let share = unsafe zoneout.step(extent.time(of: step))
    let hidden = unsafe hidden(after: step)
    for row in 0..<rows {
      for unit in 0..<cell.outputSize {
        let place = row * outputRowStride + unit
        let old = unsafe before?[place] ?? 0
        let new = unsafe hidden[place]
        unsafe hidden[place] = new.addingProduct(share[row * zoneout.rowStride + unit], old - new)
      }
    }
  }

  // MARK: - Places in memory

  // Hidden and further states lie in slots, one for each step and one for the state before the
  // first. The slot after a step is the slot before the next. Where only the last output is kept,
  // two slots of hidden states take turns and further states are changed in place.

  var gateStep: Int { cell.gateCount(rows: extent.rows) }
  var stateStride: Int { extent.rows * cell.layout.paddedHiddenSize }
  var hiddenStep: Int { extent.rows * outputRowStride }
  var stagedStep: Int { extent.rows * cell.layout.paddedHiddenSize }

  private func slot(before step: Int) -> Int {
    if keeping == .lastOutput { return step % 2 }
    return extent.isReversed ? extent.steps - step : step
  }

  func hidden(before step: Int) -> UnsafeMutablePointer<Float> {
    let slots = keeping == .lastOutput ? 2 : extent.steps + 1
    return unsafe hidden.reserve(slots * hiddenStep) + slot(before: step) * hiddenStep
  }

  func hidden(after step: Int) -> UnsafeMutablePointer<Float> { unsafe hidden(before: step + 1) }

  func maskedHidden(before step: Int) -> UnsafeMutablePointer<Float> {
    let slots = keeping == .lastOutput ? 2 : extent.steps + 1
    return unsafe maskedHidden.reserve(slots * hiddenStep) + slot(before: step) * hiddenStep
  }

  func states(before step: Int) -> UnsafeMutablePointer<Float> {
    let size = cell.stateCount * stateStride
    guard keeping == .everything else { return unsafe states.reserve(size) }
    return unsafe states.reserve((extent.steps + 1) * size) + slot(before: step) * size
  }

  func states(after step: Int) -> UnsafeMutablePointer<Float> { unsafe states(before: step + 1) }

  func previousStates(of step: Int) -> UnsafePointer<Float>? {
    unsafe cell.stateCount > 0 ? UnsafePointer(states(before: step)) : nil
  }

  func gates(at time: Int) -> UnsafeMutablePointer<Float> {
    guard keeping == .everything else { return unsafe gates.reserve(gateStep) }
    return unsafe gates.reserve(extent.steps * gateStep) + time * gateStep
  }

  func statistics(at time: Int) -> UnsafeMutablePointer<Float>? {
    unsafe cell.statisticsOffset(rows: extent.rows).map { unsafe gates(at: time) + $0 }
  }

  func staged(at time: Int) -> UnsafeMutablePointer<Float> {
    guard keeping == .everything else { return unsafe staged.reserve(stagedStep) }
    return unsafe staged.reserve(extent.steps * stagedStep) + time * stagedStep
  }
}
