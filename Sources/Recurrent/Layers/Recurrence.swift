/// Runs any cell over a sequence, one step after another.
///
/// The plain form of a recurrent layer: every step is recorded and differentiated by the tape. The
/// built-in layers compute the same as one fused operation. With a cell of your own it is a layer
/// like any other.
public struct Recurrence<RecurrentCell: Cell>: RecurrentLayer {
  /// The cell whose steps are run; all steps share its parameters.
  public var cell: RecurrentCell

  /// Creates a recurrence of a cell.
  public init(_ cell: RecurrentCell) { self.cell = cell }

  /// Returns every step's output, `[batch, time, hidden]`, and the state after the last step.
  ///
  /// `input` is `[batch, time, features]`. No state is the same as a state of zeros.
  ///
  /// - Precondition: The input has rank 3, at least one step, and the cell's input size.
  public func callAsFunction(
    _ input: Tensor,
    state: RecurrentCell.State? = nil
  ) -> (output: Tensor, state: RecurrentCell.State) {
    apply(input, state: state, observing: nil)
  }

  /// Runs with each step's output and state shown to `observing`, if it is given, which says what
  /// takes their place.
  private func apply(
    _ input: Tensor,
    state: RecurrentCell.State?,
    observing: Observation?
  ) -> (output: Tensor, state: RecurrentCell.State) {
    requireSequence(input, features: cell.inputSize, of: "Recurrence")
    var state = state ?? cell.zeroState(batch: input.shape[0])
    var outputs: [Tensor] = []
    for step in 0..<input.shape[1] {
      var result = cell(input.slice(at: step, along: 1), state: state)
      if let observing { result = observing(result.output, result.state, step) }
      outputs.append(result.output)
      state = result.state
    }
    return (.stacked(outputs, along: 1), state)
  }

  /// The number of features that one step reads.
  public var inputSize: Int { cell.inputSize }
  /// The number of features of one step's output.
  public var outputSize: Int { cell.hiddenSize }

  /// Returns every step's output and the final one.
  public func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
    run(input, in: pass, observing: nil)
  }

  /// What is shown each step's output and state, and says what takes their place.
  typealias Observation = (_ output: Tensor, _ state: RecurrentCell.State, _ step: Int) -> (
    output: Tensor, state: RecurrentCell.State
  )

  /// Runs with each step shown to `observing`, if it is given.
  func run(_ input: Tensor, in pass: SequencePass, observing: Observation?) -> LayerOutput {
    pass.requireFit(input, of: "Recurrence")
    guard let lengths = pass.lengths, Set(lengths) != [input.shape[1]] else {
      let outputs = apply(input, state: nil, observing: observing).output
      return LayerOutput(outputs: outputs, in: pass)
    }
    let outputs = apply(input.cleared(past: lengths), state: nil, observing: observing).output
    return LayerOutput(outputs: outputs.cleared(past: lengths), in: pass)
  }

  /// Visits the cell's parameters.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try cell.visitParameters(visit)
  }
}

extension Tensor {
  /// The steps that each row of this batch of sequences has, and zeros past its end, whatever stands
  /// there: `[batch, time, features]`.
  ///
  /// Not a product with a mask: 0 times what is NaN or infinite is NaN.
  func cleared(past lengths: [Int]) -> Tensor {
    Tape.operation([self]) { inputs, _ in
      (inputs[0].withZeros(past: lengths), { [$0.withZeros(past: lengths)] })
    }
  }

  private func withZeros(past lengths: [Int]) -> Tensor {
    let (steps, size) = (shape[1], shape[2])
    func clear<Number: ExpressibleByIntegerLiteral>(_ numbers: [Number]) -> [Number] {
      var numbers = numbers
      for (row, length) in lengths.enumerated() {
        for place in (row * steps + length) * size..<(row + 1) * steps * size {
          numbers[place] = 0
        }
      }
      return numbers
    }
    if isDoublePrecision { return Tensor(doublePrecision: clear(doubleElements), shape: shape) }
    return Tensor(clear(elements), shape: shape)
  }
}

/// Traps unless `input` is `[batch, time, features]` with at least one of each.
func requireSequence(_ input: Tensor, features: Int, of operation: String) {
  require(
    input.shape.rank == 3 && input.shape[2] == features && input.shape[0] > 0
      && input.shape[1] > 0,
    "\(operation) needs an input of shape [batch, time, \(features)], got \(input.shape)"
  )
}
