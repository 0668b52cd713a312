/// A built-in cell over a whole sequence, as one fused operation.
///
/// Equations, gate order and biases are the cell's; the two agree to rounding, forward and
/// backward. `LSTM`, `GRU` and the other layers are names for this with their cell.
public struct CellLayer<LayerCell: BuiltInCell>: RecurrentLayer {
  /// What the layer carries from one step to the next.
  public typealias State = LayerCell.State

  /// One time step of the layer; all steps share its parameters.
  public var cell: LayerCell
  /// Whether the layer reads from each row's end to its beginning.
  ///
  /// Its outputs stand at the steps they belong to all the same.
  public var isReversed: Bool = false
  /// What keeps the layer from learning its examples by heart.
  ///
  /// - Precondition: Zoneout of a cell state is for LSTM layers.
  public var regularization: Regularization = Regularization() {
    didSet {
      require(
        regularization.cellZoneout == 0 || cell is LSTMCell,
        "zoneout of a cell state is for LSTM layers, not for \(LayerCell.self)"
      )
    }
  }
  /// The state before the first step as parameters, `[1, size]` each; nil for zeros.
  public var learnedState: State?

  /// Creates a layer of a cell.
  public init(_ cell: LayerCell) { self.cell = cell }

  /// The number of features that one step reads.
  public var inputSize: Int { cell.inputSize }
  /// The number of hidden units.
  public var hiddenSize: Int { cell.hiddenSize }
  /// The number of features of one step's output.
  public var outputSize: Int { cell.outputSize }

  /// Makes the state before the first step part of what is learned, from zeros.
  public mutating func learnInitialState() { learnedState = cell.zeroState(batch: 1) }

  /// Returns every step's output, `[batch, time, output]`, and the state after the last step.
  ///
  /// `input` is `[batch, time, features]`. No state is the same as a state of zeros, or the learned
  /// one. Rows of unequal length have outputs of zero past their end; their last step is their own,
  /// and a layer that reads backward begins there. A row's numbers have the same bits whatever rows
  /// are beside it.
  ///
  /// - Precondition: The input has rank 3, at least one step, and `inputSize` features; there is one
  ///   length for each row, from 1 to the number of steps.
  /// - Complexity: O(steps of all rows · hidden (features + hidden)).
  public func callAsFunction(
    _ input: Tensor,
    state: State? = nil,
    lengths: [Int]? = nil
  ) -> (output: Tensor, state: State) {
    apply(input, state: state, in: SequencePass(lengths: lengths), direction: 0)
  }

  /// Returns every step's output and the final one.
  public func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
    let (outputs, state) = apply(input, state: nil, in: pass, direction: 0)
    return LayerOutput(outputs: outputs, final: state.tensors[0])
  }

  /// Runs the layer as the given direction of a layer, which decides its masks.
  ///
  /// With `observing` the steps are computed one by one; it gets the state after each, and what it
  /// returns takes its place.
  func apply(
    _ input: Tensor,
    state: State?,
    in pass: SequencePass,
    direction: Int,
    observing: ((_ state: State, _ step: Int) -> State)? = nil
  ) -> (output: Tensor, state: State) {
    let name = "\(LayerCell.self)".replacingCellSuffix
    requireSequence(input, features: inputSize, of: name)
    pass.requireFit(input, of: name)
    let batch = input.shape[0]
    let states =
      state ?? pass.states.map { carriedState($0[pass.layer]) }
      ?? learnedState.map { $0.repeated(batch) }
    if let states {
      for (given, zero) in zip(states.tensors, cell.zeroState(batch: batch).tensors) {
        require(
          given.shape == zero.shape,
          "\(name) needs states of shape \(zero.shape), got \(given.shape)"
        )
      }
    }
    let masks = LayerMasks(self, batch: batch, steps: input.shape[1], in: pass, direction)
    let dropped = masks.input.map { input * $0 } ?? input
    let masked = masks.masking(cell)
    let parameters = masked.parameters.map(\.value)
    let isDoublePrecision = ([dropped] + parameters + (states?.tensors ?? []))
      .contains(where: \.isDoublePrecision)
    guard let fused = (masked as? any FusedBuiltInCell)?.fused, !isDoublePrecision,
      observing == nil
    else {
      return masked.unrolled(
        dropped,
        state: states,
        lengths: pass.lengths,
        isReversed: isReversed,
        masks: masks,
        observing: observing
      )
    }
    let results = FusedPass.run(
      fused,
      input: dropped,
      parameters: parameters,
      states: states?.tensors,
      lengths: pass.lengths,
      isReversed: isReversed,
      masks: masks
    )
    return (results[0], State(tensors: Array(results[1...])))
  }

  /// The state whose parts stand beside one another in each row.
  private func carriedState(_ rows: Tensor) -> State {
    var first = 0
    return State(
      tensors: cell.zeroState(batch: 1).tensors.map { part in
        defer { first += part.shape[1] }
        return rows.slice(first..<first + part.shape[1], along: 1)
      }
    )
  }

  /// Visits the parameters under PyTorch's names for a layer by itself, such as "weight_ih_l0".
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visitParameters(suffix: "_l0", visit)
  }

  /// Visits the parameters under PyTorch's names in a module, such as "lstm.weight_ih_l0".
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    let prefix = LayerCell.modelKey + "."
    try visitParameters(suffix: "_l\(index)") { try visit(prefix + $0, &$1) }
  }

  mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try cell.visitParameters(suffix: suffix, visit)
    guard var state = learnedState?.tensors else { return }
    learnedState = nil
    defer { learnedState = State(tensors: state) }
    for index in state.indices { try visit("state_\(index)\(suffix)", &state[index]) }
  }
}

extension String {
  /// "LSTM" of "LSTMCell".
  var replacingCellSuffix: String { hasSuffix("Cell") ? String(dropLast(4)) : self }
}

extension BuiltInCell {
  /// The name of such layers in a model, which their parameters' names begin with: PyTorch's where
  /// it has them.
  static var modelKey: String {
    "\(Self.self)".replacingCellSuffix.lowercased()
  }
}

extension RecurrentState {
  /// The state of one row for each of `batch` rows.
  func repeated(_ batch: Int) -> Self {
    Self(tensors: tensors.map { $0 + Tensor.zeros([batch, $0.shape[1]]) })
  }
}
