import RecurrentKernels

/// One worker's memory for one layer of a model in one direction or in both.
final class FusedLayerRun: FusedRun {
  let plan: FusedLayerPlan
  let sequences: [FusedSequence]
  let layer: Int
  private let masks: [FusedMasks]
  var extent = FusedSequence.Extent(rows: 0, steps: 0)
  private var isDropping = false
  private let inputMask = Buffer()
  private let droppedInput = Buffer()
  let merged = Buffer()
  let finals = [Buffer(), Buffer()]
  let finalGradients = [Buffer(), Buffer()]
  let outputGradients = [Buffer(), Buffer()]
  private let inputGradients = [Buffer(), Buffer()]
  private let stateGradients = Buffer()
  var carriedRows: CarriedRows?
  let carriedStates = Buffer()

  init(_ plan: FusedLayerPlan, layer: Int, precision: Precision) {
    self.plan = plan
    self.layer = layer
    sequences = plan.directions.map { FusedSequence($0.cell, precision: precision) }
    masks = plan.directions.map { _ in FusedMasks() }
  }

  func forward(
    _ input: FusedSequence.Steps,
    _ extent: FusedSequence.Extent,
    weights: [FusedLayerWeights],
    drawing: MaskStreams?,
    carrying rows: CarriedRows?,
    keeping: FusedSequence.Keeping
  ) -> FusedSequence.Steps {
    self.extent = extent
    isDropping = drawing != nil && plan.inputDropout > 0
    let read = unsafe isDropping ? drop(input, drawing) : input
    carriedRows = rows
    for (index, sequence) in sequences.enumerated() {
      var own = extent
      own.isReversed = plan.directions[index].isReversed
      drawMasks(of: index, drawing)
      unsafe sequence.forward(
        read,
        own,
        weights: weights[index].packed,
        initialState: initialState(weights[index]),
        masks: masks[index].masks,
        keeping: keeping
      )
    }
    if let rows { storeStates(of: rows) }
    if !plan.isPlain && keeping != .lastOutput { unsafe mergeOutputs(addedTo: input) }
    return unsafe outputs
  }

  var outputs: FusedSequence.Steps {
    if plan.isPlain { return unsafe sequences[0].outputs }
    let stepSize = extent.rows * plan.outputSize
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(merged.reserve(extent.steps * stepSize)),
      rowStride: plan.outputSize,
      stepStride: stepSize
    )
  }

  func readFinal(_ target: UnsafeMutablePointer<Float>, input: FusedSequence.Steps) {
    let size = plan.outputSize
    if sequences.count == 1 {
      unsafe sequences[0].readFinalHidden(target)
    } else {
      let both = unsafe finalStates()
      for row in 0..<extent.rows {
        unsafe merge(
          both.0 + row * sequences[0].cell.outputSize,
          both.1 + row * sequences[1].cell.outputSize,
          into: target + row * size
        )
      }
    }
    guard plan.isResidual else { return }
    forEachRow { row, length in
      let last = unsafe input.step(length - 1) + row * input.rowStride
      for unit in 0..<size { unsafe target[row * size + unit] += last[unit] }
    }
  }

  func backward(
    _ input: FusedSequence.Steps,
    weights: [FusedLayerWeights],
    outputs: FusedSequence.Steps?,
    final: UnsafePointer<Float>?,
    gradient: UnsafeMutablePointer<Float>,
    wantsInputGradient: Bool
  ) -> FusedSequence.Steps? {
    let read = unsafe isDropping ? droppedSteps : input
    let size = plan.inputSize
    for (index, sequence) in sequences.enumerated() {
      let weights = weights[index]
      let target =
        unsafe wantsInputGradient
        ? inputGradients[index].reserve(extent.steps * extent.rows * size) : nil
      unsafe sequence.backward(
        read,
        weights: weights.packed,
        arriving: arriving(index, outputs: outputs, final: final),
        weightGradient: gradient + weights.gradientOffset,
        inputGradients: targets(of: weights, input: target)
      )
      if weights.direction.learnsState {
        unsafe sumStateGradients(
          weights.direction.cell,
          into: gradient + weights.gradientOffset + weights.direction.cell.packedCount
        )
      }
    }
    guard wantsInputGradient else { return nil }
    return unsafe finishInputGradient(outputs: outputs, final: final)
  }

  // MARK: - Masks

  private func drawMasks(of index: Int, _ drawing: MaskStreams?) {
    let direction = plan.directions[index]
    guard let drawing else {
      return masks[index].setShares(
        hidden: direction.regularization.hiddenZoneout,
        cell: direction.regularization.cellZoneout,
        for: direction.cell
      )
    }
    masks[index].draw(
      direction.regularization,
      layer: layer,
      direction: index,
      drawing: drawing,
      extent: extent,
      for: direction.cell
    )
  }

  private var droppedSteps: FusedSequence.Steps {
    let count = extent.steps * extent.rows * plan.inputSize
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(droppedInput.reserve(count)),
      rowStride: plan.inputSize,
      stepStride: extent.rows * plan.inputSize
    )
  }

  /// The input with a mask on it; the mask is kept for the way back.
  private func drop(_ input: FusedSequence.Steps, _ drawing: MaskStreams?) -> FusedSequence.Steps {
    guard let drawing else { return unsafe input }
    let (size, rate) = (plan.inputSize, plan.inputDropout)
    let stepSize = extent.rows * size
    let mask = unsafe inputMask.reserve(extent.steps * stepSize)
    let target = unsafe droppedInput.reserve(extent.steps * stepSize)
    let site = MaskSite(use: .inputDropout, layer: layer)
    forEachRow { row, length in
      unsafe site.draw(
        length,
        of: size,
        stride: stepSize,
        rate: rate,
        dropped: 0,
        kept: 1 / (1 - rate),
        drawing: drawing,
        row: row,
        into: mask + row * size
      )
      for step in 0..<length {
        let place = step * stepSize + row * size
        unsafe kernels.pointee.combine(
          RECURRENT_MULTIPLY,
          size,
          input.step(step) + row * input.rowStride,
          1,
          mask + place,
          1,
          target + place
        )
      }
    }
    return unsafe droppedSteps
  }

  // MARK: - Gradients

  private func targets(
    of weights: FusedLayerWeights,
    input: UnsafeMutablePointer<Float>?
  ) -> FusedSequence.InputGradients? {
    let cell = weights.direction.cell
    guard unsafe input != nil || weights.direction.learnsState else { return nil }
    var targets = unsafe FusedSequence.InputGradients()
    if let input = unsafe input {
      unsafe targets.input = (input, cell.inputSize, extent.rows * cell.inputSize)
    }
    if weights.direction.learnsState {
      let base = unsafe stateGradients.reserve(
        extent.rows * (cell.outputSize + cell.stateCount * cell.hiddenSize)
      )
      func state(_ index: Int) -> UnsafeMutablePointer<Float>? {
        guard index < cell.stateCount else { return nil }
        return unsafe base + extent.rows * (cell.outputSize + index * cell.hiddenSize)
      }
      unsafe targets.hidden = unsafe base
      unsafe targets.states = (state(0), state(1), state(2))
    }
    return unsafe targets
  }

  /// Adds the gradients of the rows' initial states, which all are the learned one.
  private func sumStateGradients(_ cell: FusedCell, into target: UnsafeMutablePointer<Float>) {
    let base = unsafe stateGradients.reserve(
      extent.rows * (cell.outputSize + cell.stateCount * cell.hiddenSize)
    )
    if let carriedRows { unsafe clear(base, rows: carriedRows, of: cell) }
    var (source, sum) = unsafe (UnsafePointer(base), target)
    for index in 0...cell.stateCount {
      let size = index == 0 ? cell.outputSize : cell.hiddenSize
      unsafe kernels.pointee.sum_rows(extent.rows, size, source, sum)
      unsafe source += extent.rows * size
      unsafe sum += size
    }
  }

  private func finishInputGradient(
    outputs: FusedSequence.Steps?,
    final: UnsafePointer<Float>?
  ) -> FusedSequence.Steps {
    let size = plan.inputSize
    let stepSize = extent.rows * size
    let total = unsafe inputGradients[0].reserve(extent.steps * stepSize)
    for step in 0..<extent.steps {
      let (first, count) = (step * stepSize, extent.running(at: step) * size)
      if sequences.count == 2 {
        let other = unsafe inputGradients[1].reserve(extent.steps * stepSize)
        unsafe kernels.pointee.add_scaled(count, 1, other + first, total + first)
      }
      if isDropping {
        let mask = unsafe inputMask.reserve(extent.steps * stepSize)
        unsafe kernels.pointee.combine(
          RECURRENT_MULTIPLY,
          count,
          total + first,
          1,
          mask + first,
          1,
          total + first
        )
      }
      guard plan.isResidual, let outputs = unsafe outputs else { continue }
      for row in 0..<extent.running(at: step) {
        unsafe kernels.pointee.add_scaled(
          size,
          1,
          outputs.step(step) + row * outputs.rowStride,
          total + first + row * size
        )
      }
    }
    if plan.isResidual, let final = unsafe final {
      forEachRow { row, length in
        unsafe kernels.pointee.add_scaled(
          size,
          1,
          final + row * size,
          total + (length - 1) * stepSize + row * size
        )
      }
    }
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(total),
      rowStride: size,
      stepStride: stepSize
    )
  }

  /// Calls `body` with each row and its length.
  private func forEachRow(_ body: (_ row: Int, _ length: Int) -> Void) {
    for row in 0..<extent.rows { body(row, extent.length(of: row)) }
  }
}
