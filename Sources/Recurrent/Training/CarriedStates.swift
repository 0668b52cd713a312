/// The states that the lanes of a stream carry from one window to the next.
///
/// A batch reads the states before it and writes those after it beside them; `advance` then puts
/// these in their place. A batch that failed has so left the states as they were.
///
/// Sendable without a check by the compiler: within a batch a worker touches the lanes of its own
/// shard only; everything else is changed between batches.
final class CarriedStates: @unchecked Sendable {
  let lanes: Int
  /// The number of floats of one lane in each layer: its output's, then its further states'.
  let sizes: [Int]
  private var before: [Buffer]
  private var after: [Buffer]

  /// Creates states of zeros for the lanes of a model; nil where its layers cannot carry any.
  init?(_ plans: [FusedLayerPlan], lanes: Int) {
    var sizes: [Int] = []
    for plan in plans {
      guard plan.sweep == nil, plan.directions.count == 1, !plan.directions[0].isReversed else {
        return nil
      }
      let cell = plan.directions[0].cell
      sizes.append(cell.outputSize + cell.stateCount * cell.hiddenSize)
    }
    self.lanes = lanes
    self.sizes = sizes
    before = sizes.map { _ in Buffer() }
    after = sizes.map { _ in Buffer() }
    for layer in sizes.indices {
      for buffer in [before[layer], after[layer]] {
        unsafe buffer.reserve(lanes * sizes[layer])
          .update(repeating: 0, count: lanes * sizes[layer])
      }
    }
  }

  /// The state of a lane before the batch.
  func before(layer: Int, lane: Int) -> UnsafePointer<Float> {
    unsafe UnsafePointer(before[layer].reserve(lanes * sizes[layer])) + lane * sizes[layer]
  }

  /// Where the state of a lane after the batch is written.
  func after(layer: Int, lane: Int) -> UnsafeMutablePointer<Float> {
    unsafe after[layer].reserve(lanes * sizes[layer]) + lane * sizes[layer]
  }

  /// Goes on to the next batch.
  func advance() { swap(&before, &after) }

  /// The states before the next batch, `[lane, number]` for each layer.
  var tensors: [Tensor] {
    get {
      sizes.indices.map { layer in
        let count = lanes * sizes[layer]
        return unsafe Tensor(uninitialized: [lanes, sizes[layer]]) { target in
          guard let base = target.baseAddress else { return }
          unsafe base.update(from: before[layer].reserve(count), count: count)
        }
      }
    }
    set {
      for (layer, tensor) in newValue.enumerated() {
        withExtendedLifetime(tensor) {
          unsafe before[layer].reserve(lanes * sizes[layer])
            .update(from: tensor.unsafeElements, count: lanes * sizes[layer])
        }
      }
    }
  }

  /// The states before the first step of examples, `[example, number]` for each layer: of their lanes
  /// where they go on, else what the layer has learned, or zeros.
  func rows(
    of indices: [Int],
    in stream: SequenceStream,
    learned layers: [any RecurrentLayer]
  ) -> [Tensor] {
    zip(tensors, layers).map { lanes, layer in
      let learned = (layer as? any LearningInitialState)?.learnedNumbers
      let size = lanes.shape[1]
      let numbers = lanes.elements
      let rows = indices.flatMap { index in
        let lane = index % stream.lanes
        return stream.beginnings[index]
          ? learned ?? Array(repeating: 0, count: size)
          : Array(numbers[lane * size..<(lane + 1) * size])
      }
      return Tensor(rows, shape: [indices.count, size])
    }
  }

  /// The shapes of the tensors.
  var shapes: [Shape] { sizes.map { [lanes, $0] } }
}

/// The rows of a shard as lanes whose states are carried.
struct CarriedRows {
  let states: CarriedStates
  /// The lane of each row.
  private(set) var lanes: [Int] = []
  /// Whether each row goes on with the state of its lane.
  private(set) var goOn: [Bool] = []

  init(_ states: CarriedStates) { self.states = states }

  /// Takes the lanes of the examples of a stream.
  mutating func take(_ indices: ArraySlice<Int>, of stream: SequenceStream) {
    lanes.removeAll(keepingCapacity: true)
    goOn.removeAll(keepingCapacity: true)
    for index in indices {
      lanes.append(index % stream.lanes)
      goOn.append(!stream.beginnings[index])
    }
  }

  /// Whether any row goes on.
  var anyGoesOn: Bool { goOn.contains(true) }
}

/// A layer that may have learned the state before the first step.
protocol LearningInitialState {
  /// The numbers of that state, one part after another; nil where it is zero.
  var learnedNumbers: [Float]? { get }
}

extension CellLayer: LearningInitialState {
  var learnedNumbers: [Float]? { learnedState?.tensors.flatMap(\.elements) }
}

extension Residual: LearningInitialState {
  var learnedNumbers: [Float]? { (layer as? any LearningInitialState)?.learnedNumbers }
}
