import RecurrentKernels

/// What a step has to know, worked out once: the kernels to call and most of what to call them with.
///
/// Sendable without a check by the compiler: all memory is written while the plan is made, before
/// anyone else has it, and only read afterwards.
@safe final class StreamingPlan: @unchecked Sendable {
  /// One layer's kernel, and its request but for what differs from step to step.
  @unsafe private struct Layer {
    var kernel: RecurrentCellKernels
    var request: RecurrentForwardStep
    /// Where its states lie, as in `StreamingLayout`.
    var hidden: Int
    var states: Int
    var scratch: Int
    var hasStates: Bool
    /// Whether a step is the kernel alone, with no use of its scratch.
    var isPlain: Bool
    /// What only some layers have: a second product, gates to keep, and an output with the input
    /// added.
    var second: RecurrentProduct?
    var isProjected: Bool
    /// The floats of the gates, and of those before the statistics, if there are any.
    var gateCount: Int
    var statisticsOffset: Int?
    var residualSize: Int?
  }

  /// The head's product, but for where it reads and writes, and its bias.
  ///
  /// The bias is added to the finished sums, as `Dense` does: in front, it would round otherwise.
  @unsafe private struct Head {
    var kernel: @convention(c) (UnsafePointer<RecurrentProduct>) -> Void
    var add:
      @convention(c) (
        RecurrentOperation, Int, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int,
        UnsafeMutablePointer<Float>
      ) -> Void
    var product: RecurrentProduct
    var bias: UnsafePointer<Float>
  }

  let layout: StreamingLayout
  let inputSize: Int
  let outputSize: Int
  private let layers: UnsafeMutablePointer<Layer>
  private let layerCount: Int
  private let head: Head?
  /// What the pointers in `layers` and `head` point into.
  private let weights: [FusedWeights]
  private let shares: [FusedMasks]
  private let headMemory = Buffer()
  /// What the layers begin with, where one of them has learned it.
  let learnedState: [StreamingModel.State.Layer]?

  /// A layer and its parameters.
  typealias Source = (plan: FusedLayerPlan, parameters: [Tensor])

  /// Packs the weights of layers, and of a head that reads the last one's output.
  init(_ sources: [Source], head dense: Dense?) {
    let fused = sources.map(\.plan)
    require(!fused.isEmpty, "a StreamingModel needs at least one recurrent layer")
    for (layer, next) in zip(fused, fused.dropFirst()) {
      require(
        layer.outputSize == next.inputSize,
        "a layer that gives \(layer.outputSize) features cannot feed one that reads \(next.inputSize)"
      )
    }
    let last = fused[fused.count - 1]
    inputSize = fused[0].inputSize
    outputSize = dense?.outputSize ?? last.outputSize
    require(
      inputSize > 0 && outputSize > 0,
      "a StreamingModel needs sizes of at least 1, got \(inputSize) inputs and \(outputSize) outputs"
    )
    let layout = StreamingLayout(fused)
    self.layout = layout
    layerCount = fused.count
    unsafe layers = .allocate(capacity: fused.count)
    weights = fused.map { FusedWeights($0.directions[0].cell) }
    shares = fused.map { _ in FusedMasks() }
    learnedState =
      fused.contains { $0.directions[0].learnsState }
      ? sources.map { StreamingModel.State.Layer(learnedBy: $0.plan.directions[0], $0.parameters) }
      : nil
    for (index, packed) in weights.enumerated() {
      let (direction, cell) = (fused[index].directions[0], packed.cell)
      packed.pack(
        sources[index].parameters[..<cell.parameterCounts.count],
        forBackward: false,
        forInputGradient: false
      )
      shares[index].setShares(
        hidden: direction.regularization.hiddenZoneout,
        cell: direction.regularization.cellZoneout,
        for: cell
      )
      unsafe (layers + index).initialize(
        to: Layer(
          kernel: cell.kernels(in: kernels),
          request: cell.streamedStep(packed, shares[index].masks),
          hidden: layout.hidden[index],
          states: layout.states[index],
          scratch: layout.scratch[index],
          hasStates: cell.stateCount > 0,
          isPlain: !cell.needsGates && !fused[index].isResidual,
          second: cell.second == nil ? nil : cell.streamedSecond(packed),
          isProjected: cell.isProjected,
          gateCount: cell.needsGates ? cell.gateCount(rows: 1) : 0,
          statisticsOffset: cell.statisticsOffset(rows: 1),
          residualSize: fused[index].isResidual ? cell.outputSize : nil
        )
      )
    }
    unsafe head = dense.map { [headMemory] in unsafe Self.pack($0, into: headMemory) }
  }

  deinit { unsafe layers.deallocate() }

  /// Takes one step of every layer and of the head.
  ///
  /// `input` has `inputSize` floats, `output` `outputSize`; the state has this plan's layout.
  @inline(__always)
  func step(
    _ input: UnsafePointer<Float>,
    state: inout StreamingModel.State,
    output: UnsafeMutablePointer<Float>
  ) {
    let memory = unsafe state.memoryForStep()
    let before = unsafe memory + (state.isOdd ? layout.hiddenCount : 0)
    let after = unsafe memory + (state.isOdd ? 0 : layout.hiddenCount)
    var reading = unsafe input
    for index in 0..<layerCount {
      let layer = unsafe layers + index
      var request = unsafe layer.pointee.request
      unsafe request.input = reading
      unsafe request.hidden = after + layer.pointee.hidden
      if unsafe layer.pointee.hasStates { unsafe request.states = memory + layer.pointee.states }
      if !state.isStart {
        unsafe request.previous_hidden = UnsafePointer(before + layer.pointee.hidden)
        unsafe request.previous_output = request.previous_hidden
        unsafe request.previous_states = UnsafePointer(request.states)
      }
      if unsafe layer.pointee.isPlain {
        unsafe layer.pointee.kernel.forward(&request)
        unsafe reading = UnsafePointer(request.hidden)
      } else {
        unsafe reading = run(layer, &request, memory: memory)
      }
    }
    state.finishStep()
    guard let head = unsafe head else {
      return unsafe output.update(from: reading, count: outputSize)
    }
    var product = unsafe head.product
    unsafe product.a = reading
    unsafe product.c = output
    unsafe head.kernel(&product)
    unsafe head.add(RECURRENT_ADD, outputSize, output, 1, head.bias, 1, output)
  }

  /// A step of a layer with a second product or gates to keep, or whose input is added to its output.
  @inline(never)
  private func run(
    _ layer: UnsafeMutablePointer<Layer>,
    _ request: inout RecurrentForwardStep,
    memory: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let hidden = unsafe request.hidden
    var scratch = unsafe memory + layer.pointee.scratch
    let output = unsafe layer.pointee.residualSize == nil ? hidden : scratch
    if unsafe layer.pointee.residualSize != nil { unsafe scratch += request.hidden_row_stride }
    if unsafe layer.pointee.gateCount > 0 { unsafe request.gates = scratch }
    unsafe request.statistics = layer.pointee.statisticsOffset.map { unsafe scratch + $0 }
    if var product = unsafe layer.pointee.second {
      let outputStride = unsafe request.hidden_row_stride
      let units = unsafe request.panels * PanelLayout.lanes
      unsafe request.hidden = scratch + layer.pointee.gateCount
      unsafe request.hidden_row_stride = units
      let share = unsafe request.hidden_zoneout
      if unsafe layer.pointee.isProjected { unsafe request.hidden_zoneout = nil }
      unsafe layer.pointee.kernel.forward(&request)
      unsafe product.a = UnsafePointer(request.hidden)
      let isProjected = unsafe layer.pointee.isProjected
      unsafe product.c = unsafe isProjected ? hidden : request.hidden + units
      unsafe kernels.pointee.product(&product)
      if isProjected {
        if let share = unsafe share {
          for unit in unsafe 0..<product.columns {
            let old = unsafe request.previous_output?[unit] ?? 0
            unsafe hidden[unit] = hidden[unit].addingProduct(share[unit], old - hidden[unit])
          }
        }
      } else {
        unsafe request.second = UnsafePointer(product.c)
        unsafe request.hidden = hidden
        unsafe request.hidden_row_stride = outputStride
        unsafe layer.pointee.kernel.finish?(&request)
      }
    } else {
      unsafe layer.pointee.kernel.forward(&request)
    }
    if let size = unsafe layer.pointee.residualSize {
      unsafe output.update(from: hidden, count: size)
      unsafe kernels.pointee.add_scaled(size, 1, request.input, output)
    }
    return unsafe UnsafePointer(output)
  }

  private static func pack(_ dense: Dense, into memory: Buffer) -> Head {
    let (inputs, outputs) = (dense.inputSize, dense.outputSize)
    let panels = (outputs + PanelLayout.width - 1) / PanelLayout.width
    let count = panels * (1 + inputs) * PanelLayout.width
    let packed = unsafe memory.reserve(count + outputs)
    unsafe dense.weight.withUnsafeElements { weight in
      guard let weight = weight.baseAddress else { return }
      unsafe recurrent_pack(inputs, outputs, weight, 1, inputs, nil, packed)
    }
    unsafe dense.bias.withUnsafeElements { bias in
      _ = unsafe UnsafeMutableBufferPointer(start: packed + count, count: outputs)
        .update(from: bias)
    }
    return unsafe Head(
      kernel: kernels.pointee.product,
      add: kernels.pointee.combine,
      product: RecurrentProduct(
        rows: 1,
        columns: outputs,
        a: packed,
        a_row_stride: inputs,
        segments: 1,
        segment_depth: inputs,
        segment_stride: 0,
        panels: packed,
        c: packed,
        c_row_stride: outputs,
        c_panel_stride: PanelLayout.width
      ),
      bias: packed + count
    )
  }
}

extension FusedCell {
  /// A step of one sequence from zeros; where it reads and writes is yet to be filled in.
  fileprivate func streamedStep(
    _ weights: FusedWeights,
    _ shares: FusedSequence.Masks
  ) -> RecurrentForwardStep {
    unsafe RecurrentForwardStep(
      rows: 1,
      panel_rows: 1,
      panels: layout.panels,
      input_size: inputSize,
      input: weights.forward,
      input_row_stride: inputSize,
      hidden_size: recurrentSize,
      previous_hidden: nil,
      previous_hidden_row_stride: paddedOutputSize,
      previous_output: nil,
      previous_output_row_stride: paddedOutputSize,
      hidden_mask: nil,
      hidden_mask_row_stride: 0,
      previous_states: nil,
      states: nil,
      state_stride: layout.paddedHiddenSize,
      weights: weights.forward,
      unit_parameters: weights.units.map { unsafe UnsafePointer($0) },
      gates: nil,
      statistics: nil,
      unit_count: hiddenSize,
      hidden: weights.forward,
      hidden_row_stride: paddedOutputSize,
      second: nil,
      second_row_stride: paddedOutputSize,
      hidden_zoneout: shares.hiddenZoneout?.base,
      hidden_zoneout_row_stride: 0,
      cell_zoneout: shares.cellZoneout?.base,
      cell_zoneout_row_stride: 0,
      activation: activation,
      time_step: timeStep
    )
  }

  /// The second product of such a step.
  fileprivate func streamedSecond(_ weights: FusedWeights) -> RecurrentProduct {
    unsafe RecurrentProduct(
      rows: 1,
      columns: outputSize,
      a: weights.second,
      a_row_stride: layout.paddedHiddenSize,
      segments: 1,
      segment_depth: hiddenSize,
      segment_stride: 0,
      panels: weights.second,
      c: weights.second,
      c_row_stride: paddedOutputSize,
      c_panel_stride: PanelLayout.width
    )
  }
}

extension StreamingModel.State.Layer {
  /// What a layer begins with.
  fileprivate init(learnedBy direction: FusedLayerPlan.Direction, _ parameters: [Tensor]) {
    let cell = direction.cell
    let learned = parameters[cell.parameterCounts.count...].map(\.elements)
    self.init(
      hidden: learned.first ?? Array(repeating: 0, count: cell.outputSize),
      further: learned.isEmpty
        ? Array(
          repeating: Array(repeating: 0, count: cell.hiddenSize),
          count: cell.stateCount
        ) : Array(learned[1...])
    )
  }
}
