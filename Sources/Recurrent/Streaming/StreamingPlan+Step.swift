import RecurrentKernels

/// Where a step of some rows reads and writes; valid during the step.
@unsafe struct StreamingPlace {
  /// Memory with the plan's layout, `capacity` times as large.
  var memory: UnsafeMutablePointer<Float>
  var rows: Int
  var capacity: Int
  /// Which of the two hidden buffers is read.
  var isOdd: Bool
  /// Whether the rows are before their first step.
  var isStart: Bool
}

extension StreamingPlan {
  /// Takes one step of every layer and of the head.
  ///
  /// `input` has `inputSize` floats, `output` `outputSize`; the state has this plan's layout.
  @inline(__always)
  func step(
    _ input: UnsafePointer<Float>,
    state: inout StreamingModel.State,
    output: UnsafeMutablePointer<Float>
  ) {
    let place = unsafe StreamingPlace(
      memory: state.memoryForStep(),
      rows: 1,
      capacity: 1,
      isOdd: state.isOdd,
      isStart: state.isStart
    )
    unsafe step(input, at: place, output: output)
    state.finishStep()
  }

  /// Takes one step of rows, [rows][inputSize], and writes [rows][outputSize].
  @inline(__always)
  func step(
    _ input: UnsafePointer<Float>,
    at place: StreamingPlace,
    output: UnsafeMutablePointer<Float>
  ) {
    let hiddenCount = layout.hiddenCount
    let capacity = unsafe place.capacity
    let before = unsafe place.memory + (place.isOdd ? capacity * hiddenCount : 0)
    let after = unsafe place.memory + (place.isOdd ? 0 : capacity * hiddenCount)
    var (reading, stride) = unsafe (input, inputSize)
    for index in 0..<layerCount {
      let layer = unsafe layers + index
      var request = unsafe layer.pointee.request
      unsafe request.rows = place.rows
      unsafe request.panel_rows = capacity
      unsafe request.state_stride *= capacity
      unsafe request.input = reading
      unsafe request.input_row_stride = stride
      unsafe request.hidden = after + capacity * layer.pointee.hidden
      if unsafe layer.pointee.hasStates {
        unsafe request.states = place.memory + capacity * layer.pointee.states
      }
      if unsafe !place.isStart {
        unsafe request.previous_hidden = UnsafePointer(before + capacity * layer.pointee.hidden)
        unsafe request.previous_output = request.previous_hidden
        unsafe request.previous_states = UnsafePointer(request.states)
      }
      if unsafe layer.pointee.isPlain {
        unsafe layer.pointee.kernel.forward(&request)
        unsafe reading = UnsafePointer(request.hidden)
      } else {
        unsafe reading = run(layer, &request, at: place)
      }
      unsafe stride = layer.pointee.request.hidden_row_stride
    }
    guard let head = unsafe head else {
      for row in unsafe 0..<place.rows {
        unsafe (output + row * outputSize).update(from: reading + row * stride, count: outputSize)
      }
      return
    }
    if let int8 = unsafe head.int8 {
      return unsafe multiply(reading, stride, by: int8, at: place, to: output, outputSize)
    }
    var product = unsafe head.product
    unsafe product.rows = place.rows
    unsafe product.a = reading
    unsafe product.a_row_stride = stride
    unsafe product.c = output
    unsafe kernels.pointee.product(&product)
    for row in unsafe 0..<place.rows {
      let logits = unsafe output + row * outputSize
      unsafe head.add(RECURRENT_ADD, outputSize, logits, 1, head.bias, 1, logits)
    }
  }

  /// A step of a layer with weights in 8 bits, with a second product or gates to keep, or whose input
  /// is added to its output.
  @inline(never)
  private func run(
    _ layer: UnsafeMutablePointer<Layer>,
    _ request: inout RecurrentForwardStep,
    at place: StreamingPlace
  ) -> UnsafePointer<Float> {
    let capacity = unsafe place.capacity
    let hidden = unsafe request.hidden
    let outputStride = unsafe request.hidden_row_stride
    let input = unsafe (start: request.input, stride: request.input_row_stride)
    var scratch = unsafe place.memory + capacity * layer.pointee.scratch
    let output = unsafe layer.pointee.residualSize == nil ? hidden : scratch
    if unsafe layer.pointee.residualSize != nil { unsafe scratch += capacity * outputStride }
    if unsafe layer.pointee.gateCount > 0 { unsafe request.gates = scratch }
    unsafe request.statistics = layer.pointee.statisticsOffset.map {
      unsafe scratch + capacity * $0
    }
    if let product = unsafe layer.pointee.second {
      let staged = unsafe scratch + capacity * layer.pointee.gateCount
      unsafe runStaged(layer, &request, product, staged: staged, at: place)
    } else {
      unsafe forward(layer, request, at: place)
    }
    if let size = unsafe layer.pointee.residualSize {
      for row in unsafe 0..<place.rows {
        let target = unsafe output + row * outputStride
        unsafe target.update(from: hidden + row * outputStride, count: size)
        unsafe kernels.pointee.add_scaled(size, 1, input.start + row * input.stride, target)
      }
    }
    return unsafe UnsafePointer(output)
  }

  /// The gates of a layer, from weights as they are kept.
  private func forward(
    _ layer: UnsafeMutablePointer<Layer>,
    _ request: RecurrentForwardStep,
    at place: StreamingPlace
  ) {
    guard let int8 = unsafe layer.pointee.int8 else {
      var request = unsafe request
      return unsafe layer.pointee.kernel.forward(&request)
    }
    let room = unsafe room(at: place)
    unsafe int8.writeSums(of: request, to: room)
    let kernel = unsafe layer.pointee.kernel.forward
    unsafe int8.runGates(kernel, of: request, sums: room.sums)
  }

  /// The gates of a layer, its second product of what they write to `staged`, and what follows.
  private func runStaged(
    _ layer: UnsafeMutablePointer<Layer>,
    _ request: inout RecurrentForwardStep,
    _ secondProduct: RecurrentProduct,
    staged: UnsafeMutablePointer<Float>,
    at place: StreamingPlace
  ) {
    let hidden = unsafe request.hidden
    let outputStride = unsafe request.hidden_row_stride
    let isProjected = unsafe layer.pointee.isProjected
    let units = unsafe request.panels * PanelLayout.lanes
    unsafe request.hidden = staged
    unsafe request.hidden_row_stride = units
    let share = unsafe request.hidden_zoneout
    if isProjected { unsafe request.hidden_zoneout = nil }
    unsafe forward(layer, request, at: place)
    let result = unsafe isProjected ? hidden : staged + place.capacity * units
    var product = unsafe secondProduct
    if let int8 = unsafe layer.pointee.int8?.second {
      unsafe multiply(UnsafePointer(staged), units, by: int8, at: place, to: result, outputStride)
    } else {
      unsafe product.rows = place.rows
      unsafe product.a = UnsafePointer(staged)
      unsafe product.a_row_stride = units
      unsafe product.c = result
      unsafe kernels.pointee.product(&product)
    }
    guard !isProjected else {
      guard let share = unsafe share else { return }
      for row in unsafe 0..<place.rows {
        for unit in unsafe 0..<product.columns {
          let number = row * outputStride + unit
          let old = unsafe request.previous_output?[number] ?? 0
          unsafe hidden[number] = hidden[number]
            .addingProduct(share[unit], old - hidden[number])
        }
      }
      return
    }
    unsafe request.second = UnsafePointer(result)
    unsafe request.second_row_stride = outputStride
    unsafe request.hidden = hidden
    unsafe request.hidden_row_stride = outputStride
    unsafe layer.pointee.kernel.finish?(&request)
  }

  private func multiply(
    _ a: UnsafePointer<Float>,
    _ stride: Int,
    by panels: Int8Panels,
    at place: StreamingPlace,
    to c: UnsafeMutablePointer<Float>,
    _ resultStride: Int
  ) {
    var product = unsafe panels.product
    unsafe room(at: place).lend(to: &product, rows: place.rows)
    unsafe product.a = a
    unsafe product.a_row_stride = stride
    unsafe product.c = c
    unsafe product.c_row_stride = resultStride
    unsafe kernels.pointee.int8_product(&product)
  }

  private func room(at place: StreamingPlace) -> Int8Room {
    let (offset, sumCount, depth) = layout.int8Room
    return unsafe Int8Room(
      place.memory + place.capacity * offset,
      rows: place.capacity,
      sumCount: sumCount,
      depth: depth
    )
  }
}
