/// Runs any cell over a sequence, one step after another.
///
/// The plain form of a recurrent layer: every step is recorded and differentiated by the tape. The
/// built-in layers compute the same as one fused operation.
public struct Recurrence<RecurrentCell: Cell>: Parameterized {
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

  /// Visits the cell's parameters.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try cell.visitParameters(visit)
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
