/// Room in which many streams of one model take a step together.
///
/// The weights are read once for all of them, which is what a step of a large model waits for:
///
///     var batch = StreamBatch(model, capacity: 32)
///     batch.step(inputs, states: &states, outputs: &outputs)
///
/// Each stream gets the bits that it would have got alone, whoever takes the step with it. Nothing is
/// allocated by a step, unless a state shares its memory with a copy.
public struct StreamBatch: ~Copyable, Sendable {
  /// The model of the streams.
  public let model: StreamingModel
  /// The most streams that run through the model at once; more take their turns within a call.
  public let capacity: Int
  private let memory: Memory

  /// What the rows of a step lie in, and which streams they are.
  ///
  /// Sendable without a check by the compiler: it belongs to one batch, which cannot be copied, and
  /// whose only use of it is by mutating calls.
  @safe private final class Memory: @unchecked Sendable {
    let numbers: Tensor.Storage
    let inputs: Tensor.Storage
    let outputs: Tensor.Storage
    var places: [Int] = []

    init(_ plan: StreamingPlan, rows: Int) {
      numbers = Tensor.Storage(uninitialized: rows * plan.layout.count)
      unsafe numbers.elements.initialize(repeating: 0)
      inputs = Tensor.Storage(uninitialized: rows * plan.inputSize)
      unsafe inputs.elements.initialize(repeating: 0)
      outputs = Tensor.Storage(uninitialized: rows * plan.outputSize)
      unsafe outputs.elements.initialize(repeating: 0)
      places.reserveCapacity(rows)
    }
  }

  /// Makes room for up to `capacity` streams at once.
  ///
  /// - Precondition: The capacity is at least 1.
  public init(_ model: StreamingModel, capacity: Int) {
    require(capacity > 0, "a StreamBatch needs room for at least 1 stream, got \(capacity)")
    self.model = model
    self.capacity = capacity
    memory = Memory(model.plan, rows: capacity)
  }

  /// Reads one step's input of every stream, changes their states, and writes their outputs.
  ///
  /// `inputs` is `[streams, inputSize]`, `outputs` `[streams, outputSize]`.
  ///
  /// - Precondition: The sizes are the model's and the number of states, and each state was made by a
  ///   model of the same layers.
  /// - Complexity: O(streams hidden (features + hidden)) for each layer.
  public mutating func step(
    _ inputs: Span<Float>,
    states: inout MutableSpan<StreamingModel.State>,
    outputs: inout MutableSpan<Float>
  ) {
    unsafe inputs.withUnsafeBufferPointer { inputs in
      unsafe states.withUnsafeMutableBufferPointer { states in
        unsafe outputs.withUnsafeMutableBufferPointer { outputs in
          unsafe step(inputs, states, outputs)
        }
      }
    }
  }

  /// Reads one step's input of every stream, changes their states, and writes their outputs into an
  /// array.
  ///
  /// `inputs` is `[streams, inputSize]`, `outputs` `[streams, outputSize]`.
  ///
  /// - Precondition: The sizes are the model's and the number of states, and each state was made by a
  ///   model of the same layers.
  public mutating func step(
    _ inputs: [Float],
    states: inout [StreamingModel.State],
    outputs: inout [Float]
  ) {
    unsafe inputs.withUnsafeBufferPointer { inputs in
      unsafe states.withUnsafeMutableBufferPointer { states in
        unsafe outputs.withUnsafeMutableBufferPointer { outputs in
          unsafe step(inputs, states, outputs)
        }
      }
    }
  }

  private mutating func step(
    _ inputs: UnsafeBufferPointer<Float>,
    _ states: UnsafeMutableBufferPointer<StreamingModel.State>,
    _ outputs: UnsafeMutableBufferPointer<Float>
  ) {
    let plan = model.plan
    require(
      inputs.count == states.count * plan.inputSize
        && outputs.count == states.count * plan.outputSize,
      wrongSizes(inputs.count, states.count, outputs.count)
    )
    guard let input = inputs.baseAddress, let output = outputs.baseAddress else { return }
    // A stream before its first step leaves out the products with its state: those go together, and
    // last, since they are under way afterwards.
    unsafe run(where: false, input, states, output)
    unsafe run(where: true, input, states, output)
  }

  /// Takes a step of the streams that are before their first step, or of those that are not.
  private func run(
    where isStart: Bool,
    _ inputs: UnsafePointer<Float>,
    _ states: UnsafeMutableBufferPointer<StreamingModel.State>,
    _ outputs: UnsafeMutablePointer<Float>
  ) {
    let layout = model.plan.layout
    for index in 0..<states.count where unsafe states[index].isStart == isStart {
      require(
        unsafe states[index].layout === layout || states[index].layout == layout,
        unsafe model.wrongState(states[index].layout)
      )
      memory.places.append(index)
      if memory.places.count == capacity { unsafe run(isStart, inputs, states, outputs) }
    }
    if !memory.places.isEmpty { unsafe run(isStart, inputs, states, outputs) }
  }

  /// Takes a step of the streams at `places`, and forgets these.
  private func run(
    _ isStart: Bool,
    _ inputs: UnsafePointer<Float>,
    _ states: UnsafeMutableBufferPointer<StreamingModel.State>,
    _ outputs: UnsafeMutablePointer<Float>
  ) {
    let plan = model.plan
    let (inputSize, outputSize) = (plan.inputSize, plan.outputSize)
    let numbers = unsafe memory.numbers.base
    for row in 0..<memory.places.count {
      let index = memory.places[row]
      unsafe (memory.inputs.base + row * inputSize)
        .update(from: inputs + index * inputSize, count: inputSize)
      unsafe states[index].copy(toRow: row, of: capacity, numbers)
    }
    let place = unsafe StreamingPlace(
      memory: numbers,
      rows: memory.places.count,
      capacity: capacity,
      isOdd: false,
      isStart: isStart
    )
    unsafe plan.step(memory.inputs.base, at: place, output: memory.outputs.base)
    for row in 0..<memory.places.count {
      let index = memory.places[row]
      unsafe states[index].takeStep(fromRow: row, of: capacity, numbers)
      unsafe (outputs + index * outputSize)
        .update(from: memory.outputs.base + row * outputSize, count: outputSize)
    }
    memory.places.removeAll(keepingCapacity: true)
  }

  @inline(never)
  private func wrongSizes(_ inputs: Int, _ states: Int, _ outputs: Int) -> String {
    """
    a step of \(states) streams needs inputs [\(states), \(model.inputSize)] and outputs \
    [\(states), \(model.outputSize)], got \(inputs) and \(outputs) numbers
    """
  }
}
