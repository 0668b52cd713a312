import RecurrentKernels

// The way back through the last forward pass, which must have kept everything, once.
extension FusedSequence {
  /// The gradients that arrive at a layer's outputs.
  @unsafe struct OutputGradients {
    /// At every step's output, `[row][step][output]` by its strides.
    var outputs: Steps?
    /// At each row's last hidden state, rows of `outputSize` floats.
    var hidden: UnsafePointer<Float>?
    /// At each row's last further states, rows of `hiddenSize` floats each.
    var states: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?)

    func state(_ index: Int) -> UnsafePointer<Float>? {
      unsafe index == 0 ? states.0 : index == 1 ? states.1 : states.2
    }
  }

  /// Where the gradients of a layer's inputs go.
  @unsafe struct InputGradients {
    /// Of the sequence, by its strides; steps past a row's end get zeros.
    var input: (base: UnsafeMutablePointer<Float>, rowStride: Int, stepStride: Int)?
    /// Of the initial hidden state, rows of `outputSize` floats.
    var hidden: UnsafeMutablePointer<Float>?
    /// Of the further initial states, rows of `hiddenSize` floats.
    var states:
      (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?)

    func state(_ index: Int) -> UnsafeMutablePointer<Float>? {
      unsafe index == 0 ? states.0 : index == 1 ? states.1 : states.2
    }
  }

  /// Runs back; `weightGradient`, `cell.packedCount` floats, is overwritten where a parameter has a
  /// place in it, and has to be zero elsewhere.
  func backward(
    _ input: Steps,
    weights: FusedWeights,
    arriving: OutputGradients,
    weightGradient: UnsafeMutablePointer<Float>,
    inputGradients: InputGradients? = nil
  ) {
    assert(keeping == .everything)
    unsafe startGradients(arriving)
    unsafe (weightGradient + cell.gatesCount + cell.secondCount)
      .update(repeating: 0, count: cell.unitCount)
    // Few steps at a time, so that their dz are still in the cache when the weights need them.
    let chunk = max(1, 128 / extent.rows)
    var pending = 0
    for step in stride(from: extent.steps - 1, through: 0, by: -1) {
      let time = extent.time(of: step)
      let rows = extent.running(at: time)
      unsafe stepBack(step, weights: weights, arriving: arriving, weightGradient: weightGradient)
      if let target = unsafe inputGradients?.input {
        unsafe multiply(
          gates(at: time),
          rows: 0..<rows,
          columns: cell.inputColumns,
          by: weights.input,
          outputs: cell.inputSize,
          into: target.base + time * target.stepStride,
          rowStride: target.rowStride
        )
        for row in rows..<extent.rows {
          unsafe (target.base + time * target.stepStride + row * target.rowStride)
            .update(repeating: 0, count: cell.inputSize)
        }
      }
      pending += 1
      let goesOn = step > 0 && extent.running(at: extent.time(of: step - 1)) == rows
      if pending == chunk || !goesOn {
        unsafe addWeightGradient(from: step, count: pending, input: input, to: weightGradient)
        pending = 0
      }
    }
    unsafe cell.clearUnused(weightGradient)
    if let targets = unsafe inputGradients {
      unsafe readInitialGradients(targets, weights: weights)
    }
  }

  // MARK: - Parts of the pass

  private func startGradients(_ arriving: OutputGradients) {
    for index in 0..<cell.stateCount {
      let target = unsafe d_states + index * stateStride
      if let source = unsafe arriving.state(index) {
        unsafe recurrent_rows_to_panels(
          extent.rows,
          extent.rows,
          cell.hiddenSize,
          cell.layout.unitsPerPanel,
          source,
          cell.hiddenSize,
          target
        )
      } else {
        unsafe target.update(repeating: 0, count: stateStride)
      }
    }
    unsafe d_carried?.update(repeating: 0, count: hiddenStep)
  }

  private func stepBack(
    _ step: Int,
    weights: FusedWeights,
    arriving: OutputGradients,
    weightGradient: UnsafeMutablePointer<Float>
  ) {
    let time = extent.time(of: step)
    let rows = extent.running(at: time)
    let isLast = step == extent.steps - 1
    let nextTime = extent.time(of: step + 1)
    let hasPrevious = step > 0 || hasInitialState
    let (mask, hiddenZoneout, cellZoneout) =
      unsafe (masks.hidden, masks.hiddenZoneout, masks.cellZoneout)
    let kernel = unsafe cell.kernels(in: paired?.kernels ?? kernels)
    let padded = cell.layout.paddedHiddenSize
    var request = unsafe RecurrentBackwardStep(
      rows: rows,
      panel_rows: extent.rows,
      next_rows: isLast ? 0 : min(rows, extent.running(at: nextTime)),
      panels: cell.layout.panels,
      output_size: cell.outputSize,
      next_dz: isLast ? nil : UnsafePointer(hiddenDz(at: nextTime)),
      dz_columns: cell.hiddenColumns,
      weights: UnsafePointer(weights.recurrent),
      hidden_mask: mask?.base,
      hidden_mask_row_stride: mask?.rowStride ?? 0,
      d_output: arriving.outputs?.step(time),
      d_output_row_stride: arriving.outputs?.rowStride ?? 0,
      d_hidden: arriving.hidden,
      d_hidden_row_stride: cell.outputSize,
      d_carried: d_carried,
      d_carried_row_stride: outputRowStride,
      gates: gates(at: time),
      statistics: statistics(at: time).map { unsafe UnsafePointer($0) },
      d_units: cell.isNormalized ? d_staged : nil,
      d_units_row_stride: padded,
      states: cell.stateCount > 0 ? UnsafePointer(states(after: step)) : nil,
      previous_states: hasPrevious ? previousStates(of: step) : nil,
      state_stride: stateStride,
      d_states: cell.stateCount > 0 ? d_states : nil,
      previous_output: hasPrevious ? UnsafePointer(hidden(before: step)) : nil,
      previous_output_row_stride: outputRowStride,
      unit_parameters: weights.units.map { unsafe UnsafePointer($0) },
      d_unit_parameters: weightGradient + cell.gatesCount + cell.secondCount,
      d_second: cell.second == nil ? nil : d_second(at: time),
      d_staged: cell.second == nil ? nil : UnsafePointer(d_staged),
      d_staged_row_stride: padded,
      hidden_zoneout: hiddenZoneout?.step(time),
      hidden_zoneout_row_stride: hiddenZoneout?.rowStride ?? 0,
      cell_zoneout: cellZoneout?.step(time),
      cell_zoneout_row_stride: cellZoneout?.rowStride ?? 0,
      activation: cell.activation,
      time_step: cell.timeStep
    )
    if let paired { unsafe paired.join(&request) }
    guard cell.second != nil else { return unsafe kernel.backward(&request) }
    if cell.isProjected {
      unsafe (paired?.kernels ?? kernels).pointee.hidden_gradient(&request)
      multiplySecondGradient(at: time, rows: rows, by: weights)
      // What reaches the hidden units is now all there is of their gradient.
      unsafe request.next_dz = nil
      unsafe request.next_rows = 0
      unsafe request.output_size = cell.hiddenSize
      unsafe request.d_output = UnsafePointer(d_staged)
      unsafe request.d_output_row_stride = padded
      unsafe request.d_hidden = nil
      unsafe request.hidden_mask = nil
      unsafe request.d_carried = nil
      unsafe request.hidden_zoneout = nil
      unsafe kernel.backward(&request)
    } else {
      unsafe kernel.backward(&request)
      multiplySecondGradient(at: time, rows: rows, by: weights)
      unsafe kernel.backward_staged?(&request)
    }
  }

  private func multiplySecondGradient(at time: Int, rows: Int, by weights: FusedWeights) {
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: cell.hiddenSize,
      a: UnsafePointer(d_second(at: time)),
      a_row_stride: PanelLayout.width,
      segments: secondPanels,
      segment_depth: PanelLayout.width,
      segment_stride: extent.rows * PanelLayout.width,
      panels: UnsafePointer(weights.secondTransposed),
      c: d_staged,
      c_row_stride: cell.layout.paddedHiddenSize,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
  }

  /// Adds the gradient of the weights over `count` steps from `step` on, which have the same rows.
  private func addWeightGradient(
    from step: Int,
    count: Int,
    input: Steps,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    let direction = extent.isReversed ? -1 : 1
    let time = extent.time(of: step)
    let rows = extent.running(at: time)
    // A zero state before the first step is left out: the states begin with that before the next.
    let skips = step == 0 && !hasInitialState
    let stateStep = skips ? min(1, extent.steps - 1) : step
    let isMasked = unsafe masks.hidden != nil
    let previous = unsafe isMasked ? maskedHidden(before: stateStep) : hidden(before: stateStep)
    var request = unsafe RecurrentWeightGradient(
      steps: count,
      rows: rows,
      panels: cell.layout.panels,
      input_size: cell.inputSize,
      input_columns: cell.inputColumns,
      input: input.step(time),
      input_row_stride: input.rowStride,
      input_step_stride: direction * input.stepStride,
      hidden_size: cell.recurrentSize,
      hidden_columns: cell.hiddenColumns,
      previous_hidden: cell.recurrentSize > 0 ? UnsafePointer(previous) : nil,
      hidden_row_stride: outputRowStride,
      hidden_step_stride: direction * hiddenStep,
      skips_first_hidden: skips,
      dz: UnsafePointer(gates(at: time)),
      dz_step_stride: direction * gateStep,
      dz_panel_stride: extent.rows * PanelLayout.width,
      gradient: gradient,
      starts: step + count == extent.steps
    )
    if cell.isNormalized {
      // Two gradients of sums, and so the two parts of the weights one after the other.
      var part = unsafe request
      unsafe part.previous_hidden = nil
      unsafe addGatesGradient(&part)
      unsafe part = unsafe request
      unsafe part.input_size = 0
      unsafe part.dz = UnsafePointer(hiddenDz(at: time))
      unsafe part.gradient = gradient + cell.hiddenPartOffset
      unsafe addGatesGradient(&part)
    } else {
      unsafe addGatesGradient(&request)
    }
    guard cell.second != nil else { return }
    unsafe request.panels = secondPanels
    unsafe request.input_size = cell.hiddenSize
    unsafe request.input_columns = PanelLayout.allColumns
    unsafe request.input = UnsafePointer(staged(at: time))
    unsafe request.input_row_stride = cell.layout.paddedHiddenSize
    unsafe request.input_step_stride = direction * stagedStep
    unsafe request.previous_hidden = nil
    unsafe request.dz = UnsafePointer(d_second(at: time))
    unsafe request.dz_step_stride = direction * secondStep
    unsafe request.gradient = gradient + cell.gatesCount
    unsafe kernels.pointee.weight_gradient(&request)
  }

  private func addGatesGradient(_ request: inout RecurrentWeightGradient) {
    if let paired { return unsafe paired.addWeightGradient(request) }
    unsafe kernels.pointee.weight_gradient(&request)
  }

  private func readInitialGradients(_ targets: InputGradients, weights: FusedWeights) {
    for index in 0..<cell.stateCount {
      guard let target = unsafe targets.state(index) else { continue }
      unsafe recurrent_panels_to_rows(
        extent.rows,
        extent.rows,
        cell.hiddenSize,
        cell.layout.unitsPerPanel,
        d_states + index * stateStride,
        target,
        cell.hiddenSize
      )
    }
    guard let target = unsafe targets.hidden else { return }
    let size = cell.outputSize
    unsafe target.update(repeating: 0, count: extent.rows * size)
    if cell.recurrentSize > 0 {
      forEachStart { time, rows in
        unsafe multiply(
          hiddenDz(at: time),
          rows: rows,
          columns: cell.hiddenColumns,
          by: weights.recurrent,
          outputs: size,
          into: target + rows.lowerBound * size,
          rowStride: size
        )
      }
    }
    for row in 0..<extent.rows {
      for unit in 0..<size {
        let place = row * size + unit
        if let mask = unsafe masks.hidden {
          unsafe target[place] *= mask.base[row * mask.rowStride + unit]
        }
        if let carried = unsafe d_carried {
          unsafe target[place] += carried[row * outputRowStride + unit]
        }
      }
    }
  }

  /// Calls `body` with the times at which some rows begin, and these rows.
  private func forEachStart(_ body: (_ time: Int, _ rows: Range<Int>) -> Void) {
    var earlier = 0
    for step in 0..<extent.steps {
      let rows = extent.running(at: extent.time(of: step))
      if earlier < rows { body(extent.time(of: step), earlier..<rows) }
      earlier = max(earlier, rows)
    }
  }

  /// The product of some rows of dz with weights packed for the way back.
  private func multiply(
    _ dz: UnsafePointer<Float>,
    rows: Range<Int>,
    columns: RecurrentColumns,
    by panels: UnsafePointer<Float>,
    outputs: Int,
    into target: UnsafeMutablePointer<Float>,
    rowStride: Int
  ) {
    let first = Int(columns.from) * PanelLayout.lanes
    var product = unsafe RecurrentProduct(
      rows: rows.count,
      columns: outputs,
      a: dz + rows.lowerBound * PanelLayout.width + first,
      a_row_stride: PanelLayout.width,
      segments: cell.layout.panels,
      segment_depth: columns.width,
      segment_stride: extent.rows * PanelLayout.width,
      panels: panels,
      c: target,
      c_row_stride: rowStride,
      c_panel_stride: PanelLayout.width
    )
    if let paired { return unsafe paired.multiply(product) }
    unsafe kernels.pointee.product(&product)
  }

  // MARK: - Places in memory

  private var secondPanels: Int { FusedCell.padded(cell.outputSize) / PanelLayout.width }
  private var secondStep: Int { secondPanels * extent.rows * PanelLayout.width }

  /// The gradient of the sums over the hidden state.
  private func hiddenDz(at time: Int) -> UnsafeMutablePointer<Float> {
    unsafe gates(at: time) + (cell.isNormalized ? cell.sectionCount(rows: extent.rows) : 0)
  }

  private var d_states: UnsafeMutablePointer<Float> {
    unsafe stateGradient.reserve(cell.stateCount * stateStride)
  }

  /// What reaches the hidden state without weights; nil where nothing does.
  private var d_carried: UnsafeMutablePointer<Float>? {
    let carries = unsafe cell.carriesHidden || masks.hiddenZoneout != nil
    return unsafe carries ? carriedGradient.reserve(hiddenStep) : nil
  }

  private func d_second(at time: Int) -> UnsafeMutablePointer<Float> {
    unsafe secondGradient.reserve(extent.steps * secondStep) + time * secondStep
  }

  private var d_staged: UnsafeMutablePointer<Float> { unsafe stagedGradient.reserve(stagedStep) }
}
