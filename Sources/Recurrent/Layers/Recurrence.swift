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
    requireSequence(input, features: cell.inputSize, of: "Recurrence")
    var state = state ?? cell.zeroState(batch: input.shape[0])
    var outputs: [Tensor] = []
    for step in 0..<input.shape[1] {
      let result = cell(input.slice(at: step, along: 1), state: state)
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
    pass.requireFit(input, of: "Recurrence")
    let outputs = self(input).output
    guard let lengths = pass.lengths, Set(lengths) != [input.shape[1]] else {
      return LayerOutput(outputs: outputs, in: pass)
    }
    return LayerOutput(outputs: outputs * input.running(lengths), in: pass)
  }

  /// Visits the cell's parameters.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try cell.visitParameters(visit)
  }
}

extension Tensor {
  /// 1 at each step that a row of this batch of sequences has and 0 past its end:
  /// `[batch, time, 1]`.
  func running(_ lengths: [Int]) -> Tensor {
    let steps = shape[1]
    return Tensor(
      lengths.flatMap { length in (0..<steps).map { Float($0 < length ? 1 : 0) } },
      shape: [shape[0], steps, 1]
    )
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
