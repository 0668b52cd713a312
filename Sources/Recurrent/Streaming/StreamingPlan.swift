import RecurrentKernels

/// What a step has to know, worked out once: the kernels to call and most of what to call them with.
///
/// Sendable without a check by the compiler: all memory is written while the plan is made, before
/// anyone else has it, and only read afterwards.
@safe final class StreamingPlan: @unchecked Sendable {
  /// One layer's kernel, and its request but for what differs from step to step.
  @unsafe private struct Layer {
    var kernel: @convention(c) (UnsafePointer<RecurrentForwardStep>) -> Void
    var request: RecurrentForwardStep
    /// Where its states lie, as in `StreamingLayout`.
    var hidden: Int
    var cell: Int
    var hasCellState: Bool
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
  private let headMemory = Buffer()

  /// Packs the weights of layers, and of a head that reads the last one's output.
  init(_ fused: [any FusedLayer], head dense: Dense?) {
    require(!fused.isEmpty, "a StreamingModel needs at least one recurrent layer")
    for (layer, next) in zip(fused, fused.dropFirst()) {
      require(
        layer.hiddenSize == next.inputSize,
        "a layer that gives \(layer.hiddenSize) features cannot feed one that reads \(next.inputSize)"
      )
    }
    let last = fused[fused.count - 1]
    inputSize = fused[0].inputSize
    outputSize = dense?.outputSize ?? last.hiddenSize
    require(
      inputSize > 0 && outputSize > 0,
      "a StreamingModel needs sizes of at least 1, got \(inputSize) inputs and \(outputSize) outputs"
    )
    let layout = StreamingLayout(fused.map(\.fusedCell))
    self.layout = layout
    layerCount = fused.count
    unsafe layers = .allocate(capacity: fused.count)
    weights = fused.map { FusedWeights($0.fusedCell) }
    for (index, packed) in weights.enumerated() {
      let weights = fused[index].weights
      packed.pack(
        input: weights.input,
        recurrent: weights.recurrent,
        bias: weights.bias,
        forBackward: false,
        forInputGradient: false
      )
      unsafe (layers + index).initialize(
        to: Layer(
          kernel: packed.cell.forwardKernel(in: kernels),
          request: packed.cell.streamedStep(packed.forward),
          hidden: layout.hidden[index],
          cell: layout.cell[index],
          hasCellState: packed.cell.hasCellState
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
      if unsafe layer.pointee.hasCellState { unsafe request.cell = memory + layer.pointee.cell }
      if !state.isStart {
        unsafe request.previous_hidden = UnsafePointer(before + layer.pointee.hidden)
        unsafe request.previous_cell = UnsafePointer(request.cell)
      }
      unsafe layer.pointee.kernel(&request)
      unsafe reading = UnsafePointer(request.hidden)
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
  fileprivate func streamedStep(_ weights: UnsafeMutablePointer<Float>) -> RecurrentForwardStep {
    unsafe RecurrentForwardStep(
      rows: 1,
      panels: layout.panels,
      input_size: inputSize,
      input: weights,
      input_row_stride: inputSize,
      hidden_size: hiddenSize,
      previous_hidden: nil,
      previous_hidden_row_stride: layout.paddedHiddenSize,
      previous_cell: nil,
      weights: weights,
      gates: nil,
      cell: nil,
      hidden: weights,
      hidden_row_stride: layout.paddedHiddenSize,
      activation: activation
    )
  }
}
