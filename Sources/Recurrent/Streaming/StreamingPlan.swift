import RecurrentKernels

/// What a step has to know, worked out once: the kernels to call and most of what to call them with.
///
/// Sendable without a check by the compiler: all memory is written while the plan is made, before
/// anyone else has it, and only read afterwards.
@safe final class StreamingPlan: @unchecked Sendable {
  /// One layer's kernel, and its request but for what differs from step to step.
  @unsafe struct Layer {
    var kernel: RecurrentCellKernels
    var request: RecurrentForwardStep
    /// Where its states lie, as in `StreamingLayout`.
    var hidden: Int
    var states: Int
    var scratch: Int
    var hasStates: Bool
    /// Whether a step is the kernel alone, with no use of its scratch.
    var isPlain: Bool
    /// The products of weights in 8 bits, where they are.
    var int8: Int8Layer?
    /// What only some layers have: a second product, gates to keep, and an output with the input
    /// added.
    var second: RecurrentProduct?
    var isProjected: Bool
    /// The floats of a row's gates, and of those before the statistics, if there are any.
    var gateCount: Int
    var statisticsOffset: Int?
    var residualSize: Int?
  }

  /// The head's product, but for where it reads and writes, and its bias.
  ///
  /// The bias is added to the finished sums, as `Dense` does: in front, it would round otherwise.
  @unsafe struct Head {
    var add:
      @convention(c) (
        RecurrentOperation, Int, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int,
        UnsafeMutablePointer<Float>
      ) -> Void
    var product: RecurrentProduct
    var bias: UnsafePointer<Float>
    /// The product with weights in 8 bits, where they are; it starts from the bias.
    var int8: Int8Panels?
  }

  let layout: StreamingLayout
  let inputSize: Int
  let outputSize: Int
  /// The bytes of matrices, with their scales where they have some.
  let matrixByteCount: Int
  let layers: UnsafeMutablePointer<Layer>
  let layerCount: Int
  let head: Head?
  /// What the pointers in `layers` and `head` point into.
  let weights: [FusedWeights]
  private let shares: [FusedMasks]
  private let headMemory = Buffer()
  /// What the layers begin with, where one of them has learned it.
  let learnedState: [StreamingModel.State.Layer]?

  /// A layer and its parameters.
  typealias Source = (plan: FusedLayerPlan, parameters: [Tensor])

  /// Packs the weights of layers, and of a head that reads the last one's output.
  init(_ sources: [Source], head dense: Dense?, weights kept: StreamingWeights) {
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
    layout = StreamingLayout(fused, weights: kept, headDepth: dense?.inputSize ?? 0)
    layerCount = fused.count
    unsafe layers = .allocate(capacity: fused.count)
    weights = fused.map { FusedWeights($0.directions[0].cell) }
    shares = fused.map { _ in FusedMasks() }
    learnedState =
      fused.contains { $0.directions[0].learnsState }
      ? sources.map { StreamingModel.State.Layer(learnedBy: $0.plan.directions[0], $0.parameters) }
      : nil
    var byteCount = 0
    for (index, source) in sources.enumerated() {
      let packed = weights[index]
      packed.pack(
        source.parameters[..<packed.cell.parameterCounts.count],
        forBackward: false,
        forInputGradient: false
      )
      var int8: Int8Layer?
      if kept == .int8 {
        let rounded = Int8Layer(packed)
        packed.forgetMatrices()
        byteCount += rounded.byteCount
        int8 = rounded
      } else {
        byteCount +=
          (packed.cell.gatesCount + packed.cell.secondCount) * MemoryLayout<Float>.stride
      }
      unsafe (layers + index).initialize(
        to: Self.layer(index, of: source.plan, packed, int8, shares[index], in: layout)
      )
    }
    unsafe head = dense.map { [headMemory] in
      unsafe Self.pack($0, weights: kept, into: headMemory)
    }
    if let head = unsafe head {
      let floats = unsafe head.product.columns * head.product.segment_depth
      byteCount += unsafe head.int8?.byteCount ?? floats * MemoryLayout<Float>.stride
    }
    matrixByteCount = byteCount
  }

  deinit {
    unsafe layers.deinitialize(count: layerCount)
    unsafe layers.deallocate()
  }

  private static func layer(
    _ index: Int,
    of plan: FusedLayerPlan,
    _ packed: FusedWeights,
    _ int8: Int8Layer?,
    _ shares: FusedMasks,
    in layout: StreamingLayout
  ) -> Layer {
    let (direction, cell) = (plan.directions[0], packed.cell)
    shares.setShares(
      hidden: direction.regularization.hiddenZoneout,
      cell: direction.regularization.cellZoneout,
      for: cell
    )
    // What is replaced at each step points at memory that is there anyway.
    let matrix = unsafe int8.map { unsafe $0.input.product.scales } ?? UnsafePointer(packed.forward)
    return unsafe Layer(
      kernel: cell.kernels(in: kernels),
      request: cell.streamedStep(packed, matrix: matrix, shares.masks),
      hidden: layout.hidden[index],
      states: layout.states[index],
      scratch: layout.scratch[index],
      hasStates: cell.stateCount > 0,
      isPlain: int8 == nil && !cell.needsGates && !plan.isResidual,
      int8: int8,
      second: cell.second == nil
        ? nil
        : cell.streamedSecond(matrix: int8 == nil ? UnsafePointer(packed.second) : matrix),
      isProjected: cell.isProjected,
      gateCount: cell.needsGates ? cell.gateCount(rows: 1) : 0,
      statisticsOffset: cell.statisticsOffset(rows: 1),
      residualSize: plan.isResidual ? cell.outputSize : nil
    )
  }

  private static func pack(
    _ dense: Dense,
    weights: StreamingWeights,
    into memory: Buffer
  ) -> Head {
    let (inputs, outputs) = (dense.inputSize, dense.outputSize)
    let panels = (outputs + PanelLayout.width - 1) / PanelLayout.width
    let count = panels * (1 + inputs) * PanelLayout.width
    let isRounded = weights == .int8
    let floats = isRounded ? Buffer() : memory
    let packed = unsafe floats.reserve(count + outputs)
    unsafe dense.bias.withUnsafeElements { bias in
      _ = unsafe UnsafeMutableBufferPointer(start: packed + count, count: outputs)
        .update(from: bias)
    }
    unsafe dense.weight.withUnsafeElements { weight in
      guard let weight = weight.baseAddress else { return }
      unsafe recurrent_pack(
        inputs,
        outputs,
        weight,
        1,
        inputs,
        isRounded ? packed + count : nil,
        packed
      )
    }
    let int8 =
      isRounded
      ? unsafe Int8Panels(
        packed,
        panels: panels,
        panelRows: 1 + inputs,
        first: 1,
        depth: inputs,
        columns: outputs,
        hasBias: true
      ) : nil
    let kept = unsafe isRounded ? memory.reserve(1) : packed
    return unsafe Head(
      add: kernels.pointee.combine,
      product: RecurrentProduct(
        rows: 1,
        columns: outputs,
        a: kept,
        a_row_stride: inputs,
        segments: 1,
        segment_depth: inputs,
        segment_stride: 0,
        panels: kept,
        c: kept,
        c_row_stride: outputs,
        c_panel_stride: PanelLayout.width
      ),
      bias: isRounded ? kept : kept + count,
      int8: int8
    )
  }
}

extension FusedCell {
  /// A step of one sequence from zeros; where it reads and writes is yet to be filled in.
  fileprivate func streamedStep(
    _ weights: FusedWeights,
    matrix: UnsafePointer<Float>,
    _ shares: FusedSequence.Masks
  ) -> RecurrentForwardStep {
    unsafe RecurrentForwardStep(
      rows: 1,
      panel_rows: 1,
      panels: layout.panels,
      input_size: inputSize,
      input: matrix,
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
      weights: matrix,
      unit_parameters: weights.units.map { unsafe UnsafePointer($0) },
      gates: nil,
      statistics: nil,
      unit_count: hiddenSize,
      hidden: UnsafeMutablePointer(mutating: matrix),
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
  fileprivate func streamedSecond(matrix: UnsafePointer<Float>) -> RecurrentProduct {
    unsafe RecurrentProduct(
      rows: 1,
      columns: outputSize,
      a: matrix,
      a_row_stride: layout.paddedHiddenSize,
      segments: 1,
      segment_depth: hiddenSize,
      segment_stride: 0,
      panels: matrix,
      c: UnsafeMutablePointer(mutating: matrix),
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
