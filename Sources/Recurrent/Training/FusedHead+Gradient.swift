import RecurrentKernels

extension FusedHead {
  /// Adds up the gradients of the head and of what it read, from those of the answers.
  func addGradients(
    of logits: UnsafeMutablePointer<Float>,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    let (rows, outputs) = (answers, weights.outputs)
    let panels = unsafe gradientPanels.reserve(weights.headPanels * rows * PanelLayout.width)
    unsafe recurrent_rows_to_panels(
      rows,
      rows,
      outputs,
      PanelLayout.width,
      logits,
      outputs,
      panels
    )
    var request = unsafe RecurrentWeightGradient(
      steps: 1,
      rows: rows,
      panels: weights.headPanels,
      input_size: size,
      input_columns: PanelLayout.allColumns,
      input: UnsafePointer(summary.reserve(rows * size)),
      input_row_stride: size,
      input_step_stride: 0,
      hidden_size: 0,
      hidden_columns: RecurrentColumns(from: 0, to: 0),
      previous_hidden: nil,
      hidden_row_stride: 0,
      hidden_step_stride: 0,
      skips_first_hidden: false,
      dz: UnsafePointer(panels),
      dz_step_stride: 0,
      dz_panel_stride: rows * PanelLayout.width,
      gradient: gradient + weights.headOffset,
      starts: true
    )
    unsafe kernels.pointee.weight_gradient(&request)
    let target = unsafe summaryGradient.reserve(rows * size)
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: size,
      a: UnsafePointer(logits),
      a_row_stride: outputs,
      segments: 1,
      segment_depth: outputs,
      segment_stride: 0,
      panels: UnsafePointer(weights.headTransposed),
      c: target,
      c_row_stride: size,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
    if weights.headDropout > 0 { unsafe multiplyByMask(target) }
  }

  /// The gradients at the last layer's outputs, and at its final output.
  var arriving: (outputs: FusedSequence.Steps?, final: UnsafePointer<Float>?) {
    let source = unsafe UnsafePointer(summaryGradient.reserve(answers * size))
    let stepSize = extent.rows * size
    switch weights.summary {
    case .lastOutput: return unsafe (nil, source)
    case .allOutputs where extent.running == nil:
      let steps = unsafe FusedSequence.Steps(base: source, rowStride: size, stepStride: stepSize)
      return unsafe (steps, nil)
    case .allOutputs, .meanOutput, .maxOutput: break
    }
    let target = unsafe outputGradient.reserve(extent.steps * stepSize)
    for step in 0..<extent.steps {
      let place = unsafe target + step * stepSize
      switch weights.summary {
      case .meanOutput: unsafe spread(source, over: step, into: place)
      case .maxOutput: unsafe select(source, at: step, into: place)
      case .allOutputs, .lastOutput:
        let count = extent.running(at: step) * size
        unsafe place.update(from: source + firstAnswers[step] * size, count: count)
      }
    }
    let steps = unsafe FusedSequence.Steps(
      base: UnsafePointer(target),
      rowStride: size,
      stepStride: stepSize
    )
    return unsafe (steps, nil)
  }

  /// A row's gradient divided by the number of its steps.
  private func spread(
    _ source: UnsafePointer<Float>,
    over step: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<extent.running(at: step) {
      let length = Float(extent.length(of: row))
      for place in row * size..<(row + 1) * size { unsafe target[place] = source[place] / length }
    }
  }

  /// A row's gradient at the units that were largest at this step.
  private func select(
    _ source: UnsafePointer<Float>,
    at step: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    for place in 0..<extent.running(at: step) * size {
      unsafe target[place] = Int(places[place]) == step ? source[place] : 0
    }
  }
}
