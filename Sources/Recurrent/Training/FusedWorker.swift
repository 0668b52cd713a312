import RecurrentKernels

/// One worker's memory for a model of fused layers, and the way of a shard through it.
final class FusedWorker {
  private let weights: FusedModelWeights
  private let sequences: [FusedSequence]
  private let input = Buffer()
  private let logits = Buffer()
  private let losses = Buffer()
  private let outputGradient = Buffer()
  private let headGradientPanels = Buffer()
  private let betweenGradients = [Buffer(), Buffer()]
  private let augmentationMemory = AugmentationMemory()
  private var labels: [Int32] = []

  init(_ weights: FusedModelWeights) {
    self.weights = weights
    sequences = weights.layers.map { FusedSequence($0.cell, precision: weights.precision) }
  }

  /// Runs a shard forward and backward.
  ///
  /// `gradient` has `weights.gradientCount` floats and is overwritten with the packed gradient of
  /// `lossScale` times the sum of the losses.
  func run(
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    augmentedBy pass: AugmentationPass? = nil,
    lossScale: Float,
    gradient: UnsafeMutablePointer<Float>
  ) -> BatchResult {
    labels.removeAll(keepingCapacity: true)
    for index in indices { labels.append(Int32(dataset.labels[index])) }
    return unsafe dataset.withSteps(
      at: indices,
      gatheringIn: input,
      augmentedBy: pass,
      workingIn: augmentationMemory
    ) { input in
      unsafe forward(input, rows: indices.count, steps: dataset.steps, keeping: .everything)
      let result = unsafe headPass(
        rows: indices.count,
        lossScale: lossScale,
        gradient: gradient
      )
      unsafe backward(input, rows: indices.count, steps: dataset.steps, gradient: gradient)
      return result
    }
  }

  /// Runs back through the layers, from the gradient that the head left for the last output.
  private func backward(
    _ input: FusedSequence.Steps,
    rows: Int,
    steps: Int,
    gradient: UnsafeMutablePointer<Float>
  ) {
    var offset = weights.headOffset
    // The gradient at a layer's outputs: at first only the last step's, from the head.
    var arriving = unsafe FusedSequence.OutputGradients()
    unsafe arriving.hidden = unsafe UnsafePointer(
      outputGradient.reserve(rows * weights.headInputs)
    )
    for layer in stride(from: sequences.count - 1, through: 0, by: -1) {
      let cell = weights.layers[layer].cell
      offset -= cell.packedCount
      if layer == 0 {
        unsafe sequences[0].backward(
          input,
          weights: weights.layers[0],
          arriving: arriving,
          weightGradient: gradient + offset
        )
        break
      }
      let below = unsafe betweenGradients[layer % 2].reserve(rows * steps * cell.inputSize)
      unsafe sequences[layer].backward(
        sequences[layer - 1].outputs,
        weights: weights.layers[layer],
        arriving: arriving,
        weightGradient: gradient + offset,
        inputGradient: (below, cell.inputSize, rows * cell.inputSize)
      )
      unsafe arriving = unsafe FusedSequence.OutputGradients()
      unsafe arriving.outputs = unsafe FusedSequence.Steps(
        base: UnsafePointer(below),
        rowStride: cell.inputSize,
        stepStride: rows * cell.inputSize
      )
    }
  }

  /// Runs a shard forward only and writes its logits, rows of `classes` floats, to `target`.
  func predict(
    _ dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    unsafe dataset.withSteps(at: indices, gatheringIn: input) { input in
      unsafe forward(input, rows: indices.count, steps: dataset.steps, keeping: .lastOutput)
    }
    unsafe multiplyByHead(rows: indices.count, into: target)
  }

  /// Runs the layers.
  private func forward(
    _ input: FusedSequence.Steps,
    rows: Int,
    steps: Int,
    keeping: FusedSequence.Keeping
  ) {
    var reading = unsafe input
    for (index, sequence) in sequences.enumerated() {
      let isLast = index == sequences.count - 1
      unsafe sequence.forward(
        reading,
        rows: rows,
        steps: steps,
        weights: weights.layers[index],
        keeping: keeping == .everything || isLast ? keeping : .outputs
      )
      unsafe reading = unsafe sequence.outputs
    }
  }

  private func multiplyByHead(rows: Int, into target: UnsafeMutablePointer<Float>) {
    let last = sequences[sequences.count - 1]
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: weights.classes,
      a: last.lastOutput,
      a_row_stride: last.outputRowStride,
      segments: 1,
      segment_depth: weights.headInputs,
      segment_stride: 0,
      panels: UnsafePointer(weights.head),
      c: target,
      c_row_stride: weights.classes,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
  }

  /// Logits, losses, and the gradients of the head and of its input.
  private func headPass(
    rows: Int,
    lossScale: Float,
    gradient: UnsafeMutablePointer<Float>
  ) -> BatchResult {
    let (classes, inputs) = (weights.classes, weights.headInputs)
    let logits = unsafe logits.reserve(rows * classes)
    let losses = unsafe losses.reserve(rows)
    unsafe multiplyByHead(rows: rows, into: logits)
    var result = BatchResult()
    for row in 0..<rows {
      let choice = unsafe indexOfLargest(logits + row * classes, count: classes)
      if choice == Int(labels[row]) { result.correct += 1 }
    }
    unsafe kernels.pointee.softmax_cross_entropy(
      rows,
      classes,
      logits,
      labels,
      lossScale,
      losses,
      logits
    )
    for row in 0..<rows { unsafe result.lossSum += Double(losses[row]) }

    let last = sequences[sequences.count - 1]
    let panels = unsafe headGradientPanels.reserve(weights.headPanels * rows * PanelLayout.width)
    unsafe recurrent_rows_to_panels(rows, classes, PanelLayout.width, logits, classes, panels)
    var request = unsafe RecurrentWeightGradient(
      steps: 1,
      rows: rows,
      panels: weights.headPanels,
      input_size: inputs,
      input: last.lastOutput,
      input_row_stride: last.outputRowStride,
      input_step_stride: 0,
      hidden_size: 0,
      previous_hidden: nil,
      hidden_row_stride: 0,
      hidden_step_stride: 0,
      skips_first_hidden: false,
      dz: UnsafePointer(panels),
      dz_step_stride: 0,
      gradient: gradient + weights.headOffset,
      starts: true
    )
    unsafe kernels.pointee.weight_gradient(&request)
    var product = unsafe RecurrentProduct(
      rows: rows,
      columns: inputs,
      a: UnsafePointer(logits),
      a_row_stride: classes,
      segments: 1,
      segment_depth: classes,
      segment_stride: 0,
      panels: UnsafePointer(weights.headTransposed),
      c: outputGradient.reserve(rows * inputs),
      c_row_stride: inputs,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
    return result
  }
}
