/// A layer that turns a sequence into a sequence, one step depending on those before.
public protocol RecurrentLayer: Parameterized {
  /// The number of features that one step reads.
  var inputSize: Int { get }
  /// The number of features of one step's output.
  var hiddenSize: Int { get }

  /// Returns every step's output, `[batch, time, hidden]`, from a state of zeros.
  ///
  /// `input` is `[batch, time, features]`.
  func outputs(_ input: Tensor) -> Tensor

  /// Visits the parameters under the names they have in a model, where this is layer `index`.
  mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows
}

extension RecurrentLayer {
  /// Visits the parameters under their own names after "layers.`index`.".
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visitParameters { try visit("layers.\(index).\($0)", &$1) }
  }
}

/// A layer that the fused engine runs.
protocol FusedLayer: RecurrentLayer {
  /// PyTorch's name of such a layer in a model, which its parameters' names begin with.
  static var modelKey: String { get }
  /// The gates that run.
  var fusedCell: FusedCell { get }
  /// The parameters.
  var weights: RecurrentWeights { get set }

  /// The same mathematics step by step on the tape, for tensors in double precision.
  ///
  /// `states` are those of `run`, which gives the same results.
  func unrolled(_ input: Tensor, states: [Tensor]) -> (output: Tensor, states: [Tensor])
}

extension FusedLayer {
  /// The number of features that one step reads.
  public var inputSize: Int { weights.inputSize }
  /// The number of hidden units.
  public var hiddenSize: Int { weights.hiddenSize }

  /// Visits the parameters under PyTorch's names for a layer by itself, such as "weight_ih_l0".
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try weights.visitParameters(suffix: "_l0", visit)
  }

  /// Visits the parameters under PyTorch's names in a module, such as "lstm.weight_ih_l0".
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    let prefix = Self.modelKey + "."
    try weights.visitParameters(suffix: "_l\(index)") { try visit(prefix + $0, &$1) }
  }

  /// The fused operation: outputs `[batch, time, hidden]` and the final states `[batch, hidden]`.
  ///
  /// `states` are the hidden and, where the cell has one, the cell state before the first step.
  func run(
    _ input: Tensor,
    states: [Tensor]?,
    name: String
  ) -> (output: Tensor, states: [Tensor]) {
    requireSequence(input, features: inputSize, of: name)
    let cell = fusedCell
    let batch = input.shape[0]
    let stateShape: Shape = [batch, hiddenSize]
    let states =
      states
      ?? (cell.hasCellState ? [.zeros(stateShape), .zeros(stateShape)] : [.zeros(stateShape)])
    for state in states {
      require(
        state.shape == stateShape,
        "\(name) needs states of shape \(stateShape), got \(state.shape)"
      )
    }
    let inputs = [input, weights.input, weights.recurrent, weights.bias] + states
    if inputs.contains(where: \.isDoublePrecision) { return unrolled(input, states: states) }
    let results = Tape.operation(inputs) { inputs, isTracked in
      let pass = FusedPass(cell, inputs: inputs, isTracked: isTracked)
      return (pass.outputs, { pass.gradients($0) })
    }
    return (results[0], Array(results[1...]))
  }
}
