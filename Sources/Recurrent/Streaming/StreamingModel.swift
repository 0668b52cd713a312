import RecurrentKernels

/// A model prepared to read a stream: one step at a time, without allocating, locking or counting.
///
/// It never changes once made, so any number of streams and threads may share it; what changes is a
/// `State`, a value that each stream keeps for itself:
///
///     let model = try StreamingModel(trained)
///     var state = model.makeState()
///     for numbers in stream { model.step(numbers, state: &state, output: &answer) }
///     let saved = state  // a copy is a fork: stepping either leaves the other as it is
///
/// Steps give exactly the bits that the layers and `SequenceModel` give for the whole sequence.
public struct StreamingModel: Sendable {
  /// The number of features that one step reads.
  public let inputSize: Int
  /// The number of numbers that one step gives: the head's, or the last layer's hidden units.
  public let outputSize: Int
  /// How the weights are kept.
  public let weights: StreamingWeights
  /// The layers and their sizes, such as "LSTM 28 -> 128".
  public var layerText: String { plan.layout.description }
  /// The bytes that the matrices take, with their scales where they have some.
  public var matrixByteCount: Int { plan.matrixByteCount }
  let plan: StreamingPlan
  /// Tells trained weights from others, however they are kept; no protection against forgery.
  let fingerprint: UInt64

  /// Prepares a model's layers and head; a step gives the logits after that step.
  ///
  /// The model's own weights are copied, in 8 bits if `weights` says so: training it on does not change
  /// what is streamed.
  ///
  /// - Throws: `StreamingError` if a layer cannot run step by step.
  public init(
    _ model: SequenceModel,
    weights: StreamingWeights = .float32
  ) throws(StreamingError) {
    guard model.reading == .rows else {
      throw StreamingError(layer: nil, type: model.reading.rawValue, reason: .readsSeveralRows)
    }
    guard model.summary == .lastOutput || model.summary == .allOutputs else {
      throw StreamingError(layer: nil, type: model.summary.rawValue, reason: .readsAllSteps)
    }
    try self.init(layers: model.layers, head: model.head, weights: weights)
  }

  /// Prepares layers without a head; a step gives the last layer's hidden state after that step.
  ///
  /// - Throws: `StreamingError` if a layer cannot run step by step.
  /// - Precondition: There is at least one layer, and each reads what the one before gives.
  public init(
    layers: [any RecurrentLayer],
    weights: StreamingWeights = .float32
  ) throws(StreamingError) {
    try self.init(layers: layers, head: nil, weights: weights)
  }

  private init(
    layers: [any RecurrentLayer],
    head: Dense?,
    weights: StreamingWeights
  ) throws(StreamingError) {
    var plans: [StreamingPlan.Source] = []
    for (index, layer) in layers.enumerated() {
      guard let plan = (layer as? any FusedLayer)?.plan else {
        throw StreamingError(layer: index, type: "\(type(of: layer))", reason: .isNotBuiltIn)
      }
      guard plan.sweep == nil else {
        throw StreamingError(layer: index, type: "\(type(of: layer))", reason: .readsGrid)
      }
      guard plan.directions.count == 1, !plan.directions[0].isReversed else {
        throw StreamingError(layer: index, type: "\(type(of: layer))", reason: .readsBackward)
      }
      plans.append((plan, layer.parameters.map(\.value)))
    }
    plan = StreamingPlan(plans, head: head, weights: weights)
    self.weights = weights
    (inputSize, outputSize) = (plan.inputSize, plan.outputSize)
    let parameters = plans.flatMap(\.parameters) + (head?.parameters.map(\.value) ?? [])
    fingerprint = parameters.reduce(into: Self.emptyFingerprint) { $1.addBits(to: &$0) }
  }

  /// Returns the state before the first step: zeros, or what the layers have learned to begin with.
  public func makeState() -> State {
    plan.learnedState.map { State(plan.layout, $0) } ?? State(plan.layout)
  }

  /// Returns the state whose parts are `layers`, one for each layer, as `State.layers` gave them.
  ///
  /// - Precondition: Each part has the sizes of its layer, and a cell state where the layer has one.
  public func makeState(_ layers: [State.Layer]) -> State { State(plan.layout, layers) }

  /// Reads one step's input, changes `state`, and writes the output after the step.
  ///
  /// `input` is `[inputSize]`, `output` `[outputSize]`. Nothing is allocated, unless `state` shares
  /// its memory with a copy: then this step makes it a memory of its own.
  ///
  /// Before macOS 26 an `Array` has no spans; a `ContiguousArray` and an `ArraySlice` have, and there
  /// is a `step` for arrays.
  ///
  /// - Precondition: The sizes are the model's, and the state was made by a model of the same layers.
  /// - Complexity: O(hidden (features + hidden)) for each layer.
  public func step(
    _ input: Span<Float>,
    state: inout State,
    output: inout MutableSpan<Float>
  ) {
    unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe step(input, state: &state, output: output)
      }
    }
  }

  /// Reads one step's input, changes `state`, and writes the output after the step into an array.
  ///
  /// `input` is `[inputSize]`, `output` `[outputSize]`. Nothing is allocated, unless `state` or
  /// `output` shares its memory with a copy.
  ///
  /// - Precondition: The sizes are the model's, and the state was made by a model of the same layers.
  public func step(_ input: [Float], state: inout State, output: inout [Float]) {
    unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe step(input, state: &state, output: output)
      }
    }
  }

  /// Reads one step's input, changes `state`, and returns the output after the step.
  ///
  /// This allocates the array it returns. `input` is `[inputSize]`, the result `[outputSize]`.
  ///
  /// - Precondition: The size is the model's, and the state was made by a model of the same layers.
  public func step(_ input: [Float], state: inout State) -> [Float] {
    var output = [Float](repeating: 0, count: outputSize)
    step(input, state: &state, output: &output)
    return output
  }

  @inline(__always)
  func step(
    _ input: UnsafeBufferPointer<Float>,
    state: inout State,
    output: UnsafeMutableBufferPointer<Float>
  ) {
    require(
      input.count == inputSize && output.count == outputSize,
      wrongSizes(input: input.count, output: output.count)
    )
    require(
      state.layout === plan.layout || state.layout == plan.layout,
      wrongState(state.layout)
    )
    // Sizes are at least 1, so neither is empty.
    guard let input = input.baseAddress, let output = output.baseAddress else { return }
    unsafe plan.step(input, state: &state, output: output)
  }

  // Out of line, to keep the making of strings out of the step's code.

  @inline(never)
  private func wrongSizes(input: Int, output: Int) -> String {
    """
    a step of this StreamingModel needs an input [\(inputSize)] and an output [\(outputSize)], \
    got [\(input)] and [\(output)]
    """
  }

  @inline(never)
  func wrongState(_ layout: StreamingLayout) -> String {
    "a StreamingModel of \(plan.layout) cannot take a state of \(layout)"
  }
}

/// A layer or a model that cannot run step by step.
public struct StreamingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why a stream cannot be read.
  public enum Reason: Sendable, Equatable {
    /// The layer is not one of this library's with kernels of its own.
    case isNotBuiltIn
    /// The layer, or one of its directions, begins at the end.
    case readsBackward
    /// The head reads a mean or a maximum over all steps.
    case readsAllSteps
    /// The layer sweeps over a grid.
    case readsGrid
    /// What the first layer reads at a step is spread over several steps of the input.
    case readsSeveralRows
  }

  /// The layer's place among the layers, from 0; nil where it is the model.
  public let layer: Int?
  /// The name of the layer's type, of the model's summary, or of what it reads.
  public let type: String
  /// Why it cannot.
  public let reason: Reason

  /// One line that says which layer, and what would do.
  public var description: String {
    let place = layer.map { "layer \($0) is a \(type), which" } ?? "a model of \(type)"
    return switch reason {
    case .isNotBuiltIn: "\(place) cannot be streamed; only built-in layers with kernels can"
    case .readsBackward:
      "\(place) cannot be streamed: it reads from the end; use layers of one direction, forward"
    case .readsAllSteps:
      "\(place) cannot be streamed: its head reads all steps; use the last output"
    case .readsGrid:
      "\(place) cannot be streamed: it reads a grid; use layers over single steps"
    case .readsSeveralRows:
      "\(place) cannot be streamed: a step of it is spread over several rows; read rows"
    }
  }
}
