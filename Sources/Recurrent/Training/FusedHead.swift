import RecurrentKernels

/// What of the last layer's output a model's head reads, the head, and the loss; forward and back.
final class FusedHead {
  private let weights: FusedModelWeights
  private var extent = FusedSequence.Extent(rows: 0, steps: 0)
  private let summary = Buffer()
  private let mask = Buffer()
  private let logits = Buffer()
  private let losses = Buffer()
  private let gradientPanels = Buffer()
  private let summaryGradient = Buffer()
  private let outputGradient = Buffer()
  /// The steps whose output was the largest, [row][unit].
  private var places: [Int32] = []
  private var labels: [Int32] = []

  private let labelSmoothing: Float

  init(_ weights: FusedModelWeights, labelSmoothing: Float) {
    self.weights = weights
    self.labelSmoothing = labelSmoothing
  }

  private var size: Int { weights.headInputs }

  /// Gathers what the head reads of the last layer, [row][unit].
  func summarize(
    _ layer: any FusedRun,
    input: FusedSequence.Steps,
    outputs: FusedSequence.Steps,
    _ extent: FusedSequence.Extent
  ) {
    self.extent = extent
    let target = unsafe summary.reserve(extent.rows * size)
    switch weights.summary {
    case .lastOutput, .allOutputs: unsafe layer.readFinal(target, input: input)
    case .meanOutput: unsafe addSteps(outputs, to: target)
    case .maxOutput: unsafe findLargest(outputs, target)
    }
  }

  private func addSteps(_ outputs: FusedSequence.Steps, to target: UnsafeMutablePointer<Float>) {
    unsafe target.update(repeating: 0, count: extent.rows * size)
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        unsafe kernels.pointee.add_scaled(
          size,
          1,
          outputs.step(step) + row * outputs.rowStride,
          target + row * size
        )
      }
    }
    for row in 0..<extent.rows {
      let length = Float(extent.length(of: row))
      for unit in 0..<size { unsafe target[row * size + unit] /= length }
    }
  }

  private func findLargest(
    _ outputs: FusedSequence.Steps,
    _ target: UnsafeMutablePointer<Float>
  ) {
    if places.count < extent.rows * size {
      places = [Int32](repeating: 0, count: extent.rows * size)
    }
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let source = unsafe outputs.step(step) + row * outputs.rowStride
        for unit in 0..<size {
          let place = row * size + unit
          guard unsafe step == 0 || source[unit] > target[place] else { continue }
          unsafe target[place] = source[unit]
          places[place] = Int32(step)
        }
      }
    }
  }

  /// Multiplies what was gathered by the head's weights.
  func multiply(rows: Int, into target: UnsafeMutablePointer<Float>) {
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: weights.classes,
      a: UnsafePointer(summary.reserve(rows * size)),
      a_row_stride: size,
      segments: 1,
      segment_depth: size,
      segment_stride: 0,
      panels: UnsafePointer(weights.head),
      c: target,
      c_row_stride: weights.classes,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
  }

  /// Logits, losses, and the gradients of the head and of what it read.
  func train(
    _ dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    drawing: MaskStreams,
    lossScale: Float,
    gradient: UnsafeMutablePointer<Float>
  ) -> BatchResult {
    let (rows, classes) = (indices.count, weights.classes)
    labels.removeAll(keepingCapacity: true)
    for index in indices { labels.append(Int32(dataset.labels[index])) }
    drop(drawing, rows: rows)
    let logits = unsafe logits.reserve(rows * classes)
    let losses = unsafe losses.reserve(rows)
    unsafe multiply(rows: rows, into: logits)
    var result = BatchResult()
    for row in 0..<rows {
      let choice = unsafe indexOfLargest(logits + row * classes, count: classes)
      if choice == Int(labels[row]) { result.correct += 1 }
    }
    unsafe labels.withUnsafeBufferPointer { labels in
      var request = unsafe RecurrentCrossEntropy(
        rows: rows,
        classes: classes,
        logits: logits,
        labels: labels.baseAddress,
        targets: nil,
        label_smoothing: labelSmoothing,
        scale: lossScale,
        losses: losses,
        gradient: logits
      )
      unsafe kernels.pointee.softmax_cross_entropy(&request)
    }
    for row in 0..<rows { unsafe result.lossSum += Double(losses[row]) }
    unsafe addGradients(rows: rows, of: logits, to: gradient)
    return result
  }

  private func drop(_ drawing: MaskStreams, rows: Int) {
    let rate = weights.headDropout
    guard rate > 0 else { return }
    let mask = unsafe mask.reserve(rows * size)
    for row in 0..<rows {
      unsafe MaskSite(use: .headDropout).draw(
        1,
        of: size,
        stride: 0,
        rate: rate,
        dropped: 0,
        kept: 1 / (1 - rate),
        drawing: drawing,
        row: row,
        into: mask + row * size
      )
    }
    unsafe multiplyByMask(summary.reserve(rows * size), rows: rows)
  }

  private func multiplyByMask(_ values: UnsafeMutablePointer<Float>, rows: Int) {
    unsafe kernels.pointee.combine(
      RECURRENT_MULTIPLY,
      rows * size,
      values,
      1,
      mask.reserve(rows * size),
      1,
      values
    )
  }

  private func addGradients(
    rows: Int,
    of logits: UnsafeMutablePointer<Float>,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    let classes = weights.classes
    let panels = unsafe gradientPanels.reserve(weights.headPanels * rows * PanelLayout.width)
    unsafe recurrent_rows_to_panels(
      rows,
      rows,
      classes,
      PanelLayout.width,
      logits,
      classes,
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
      a_row_stride: classes,
      segments: 1,
      segment_depth: classes,
      segment_stride: 0,
      panels: UnsafePointer(weights.headTransposed),
      c: target,
      c_row_stride: size,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
    if weights.headDropout > 0 { unsafe multiplyByMask(target, rows: rows) }
  }

  /// The gradients at the last layer's outputs, and at its final output.
  var arriving: (outputs: FusedSequence.Steps?, final: UnsafePointer<Float>?) {
    let source = unsafe UnsafePointer(summaryGradient.reserve(extent.rows * size))
    if weights.summary == .lastOutput { return unsafe (nil, source) }
    let stepSize = extent.rows * size
    let target = unsafe outputGradient.reserve(extent.steps * stepSize)
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let length = Float(extent.length(of: row))
        for unit in 0..<size {
          let place = row * size + unit
          unsafe target[step * stepSize + place] =
            weights.summary == .meanOutput
            ? source[place] / length : (Int(places[place]) == step ? source[place] : 0)
        }
      }
    }
    let steps = unsafe FusedSequence.Steps(
      base: UnsafePointer(target),
      rowStride: size,
      stepStride: stepSize
    )
    return unsafe (steps, nil)
  }
}

extension FusedSequence.Extent {
  /// The number of steps of a row.
  func length(of row: Int) -> Int {
    guard let running else { return steps }
    var (low, high) = (1, steps)
    while low < high {
      let middle = (low + high + 1) / 2
      if running[middle - 1] > row { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
