import Recurrent

/// A layer taken apart into cells and how they are put together, for formats that know no layers.
indirect enum LayerParts: Sendable {
  /// A cell over a sequence, or two, one from each end, whose outputs are merged.
  case recurrence([Direction], Merge)
  /// The input added to what a layer makes of it.
  case residual(LayerParts)
  /// A layer along every line of a grid.
  case sweep(LayerParts, Sweep.Axis, places: Int)

  /// One cell over a sequence.
  struct Direction: Sendable {
    let cell: any BuiltInCell
    let isReversed: Bool
    let regularization: Regularization
    /// The state before the first step, `[1, size]` each; zeros where it is not learned.
    let initialState: [Tensor]
    /// What the parts of the state are called, such as "hidden" and "cell".
    let stateNames: [String]
    /// The names that the cell's parameters have in the model, by their own.
    let parameterNames: [String: String]
    /// What stands behind names of this layer and direction, such as "l0" or "l0_reverse".
    let suffix: String
  }

  /// Takes the layer at a place of a model apart; nil if it is not one of the library's.
  init?(_ layer: any RecurrentLayer, at index: Int) {
    guard let parts = (layer as? any DividedLayer)?.parts(at: index) else { return nil }
    self = parts
  }

  /// The cells, each with whether it is alone and reads a plain sequence forward.
  var directions: [Direction] {
    switch self {
    case .recurrence(let directions, _): directions
    case .residual(let inner), .sweep(let inner, _, _): inner.directions
    }
  }

  /// The number of features that one step reads.
  var inputSize: Int {
    switch self {
    case .recurrence(let directions, _): directions[0].cell.inputSize
    case .residual(let inner): inner.inputSize
    case .sweep(let inner, _, let places): places * inner.inputSize
    }
  }

  /// Why a layer cannot be run one step after another; nil if it can.
  var stepProblem: String? {
    switch self {
    case .recurrence(let directions, _):
      directions.contains(where: \.isReversed)
        ? "a layer that reads backward needs the whole sequence" : nil
    case .residual(let inner): inner.stepProblem
    case .sweep: "a sweep reads a whole grid"
    }
  }
}

extension SequenceModel {
  /// Why what is read, or what is kept of it, cannot be had one step after another; nil if it can.
  var stepProblem: String? {
    if reading != .rows { return "a model that reads '\(reading.rawValue)' reads a whole grid" }
    if summary == .meanOutput || summary == .maxOutput {
      return "the head reads the \(summary == .meanOutput ? "mean" : "largest") of all steps"
    }
    return nil
  }
}

/// A layer that can be taken apart.
private protocol DividedLayer {
  func parts(at index: Int) -> LayerParts?
}

extension CellLayer: DividedLayer {
  fileprivate func parts(at index: Int) -> LayerParts? {
    .recurrence([direction(names(at: index)[...], suffix: "l\(index)")], .concatenate)
  }

  /// The layer as one direction, whose parameters have these names in their order.
  fileprivate func direction(_ names: ArraySlice<String>, suffix: String) -> LayerParts.Direction {
    let own = cell.parameters.map(\.name)
    let state = learnedState ?? cell.zeroState(batch: 1)
    let words = State.tensorNames.map { String($0.prefix { $0 != " " }) }
    return LayerParts.Direction(
      cell: cell,
      isReversed: isReversed,
      regularization: regularization,
      initialState: state.tensors,
      stateNames: words,
      parameterNames: Dictionary(uniqueKeysWithValues: zip(own, names)),
      suffix: suffix
    )
  }
}

extension Bidirectional: DividedLayer {
  fileprivate func parts(at index: Int) -> LayerParts? {
    let names = names(at: index)
    let ahead = names.prefix(forward.parameters.count)
    return .recurrence(
      [
        forward.direction(ahead, suffix: "l\(index)"),
        backward.direction(names.dropFirst(ahead.count), suffix: "l\(index)_reverse"),
      ],
      merge
    )
  }
}

extension Residual: DividedLayer {
  fileprivate func parts(at index: Int) -> LayerParts? {
    LayerParts(layer, at: index).map { .residual($0) }
  }
}

extension Sweep: DividedLayer {
  fileprivate func parts(at index: Int) -> LayerParts? {
    LayerParts(layer, at: index).map { .sweep($0, axis, places: places) }
  }
}

extension RecurrentLayer {
  /// The names that the parameters have in a model, where this is layer `index`.
  fileprivate func names(at index: Int) -> [String] {
    var (copy, names): (Self, [String]) = (self, [])
    copy.visitParameters(asLayer: index) { name, _ in names.append(name) }
    return names
  }
}
