/// One time step of a recurrent network, written like its equations.
///
/// The tape differentiates a cell; `Recurrence` runs it over a sequence.
public protocol Cell: Parameterized {
  /// What is carried from one step to the next.
  associatedtype State: Sendable

  /// The number of features that one step reads.
  var inputSize: Int { get }
  /// The number of hidden units, which is the size of one step's output unless a projection
  /// follows.
  var hiddenSize: Int { get }

  /// Returns the state before the first step of `batch` sequences: zeros.
  func zeroState(batch: Int) -> State

  /// Returns the output `[batch, hidden]` of one step and the state after it.
  ///
  /// `input` is `[batch, features]`.
  func callAsFunction(_ input: Tensor, state: State) -> (output: Tensor, state: State)
}
