/// What a recurrent cell carries from one step to the next, as a list of tensors.
public protocol RecurrentState: Sendable {
  /// The tensors, each with one row for each sequence; the first is the hidden state.
  var tensors: [Tensor] { get }

  /// What the tensors are called, in the same order, such as "hidden state".
  static var tensorNames: [String] { get }

  /// Creates a state from its tensors, in the same order.
  ///
  /// - Precondition: There are as many as `tensors` has.
  init(tensors: [Tensor])
}

extension RecurrentState {
  /// The name of the hidden state alone.
  public static var tensorNames: [String] { ["hidden state"] }
}

extension Tensor: RecurrentState {
  /// The tensor alone: a state that is nothing but the hidden state.
  public var tensors: [Tensor] { [self] }

  /// Creates the hidden state from a list of one.
  ///
  /// - Precondition: There is one tensor.
  public init(tensors: [Tensor]) {
    require(tensors.count == 1, "a hidden state is one tensor, got \(tensors.count)")
    self = tensors[0]
  }
}

/// A cell of this library: its state is a list of tensors, and its hidden state can be masked.
///
/// A cell of your own needs `Cell` only.
public protocol BuiltInCell: Cell where State: RecurrentState {
  /// The number of features of one step's output and of the hidden state.
  var outputSize: Int { get }

  /// Returns the output `[batch, outputs]` of one step and the state after it.
  ///
  /// `input` is `[batch, features]`. The hidden state before the step is multiplied by
  /// `hiddenMask`, `[batch, outputs]`, wherever a recurrent weight multiplies it, and nowhere else;
  /// no mask is a mask of ones. One mask kept for all steps of a sequence is variational dropout.
  ///
  /// Source: Y. Gal, Z. Ghahramani, "A theoretically grounded application of dropout in recurrent
  /// neural networks", 2016.
  func callAsFunction(
    _ input: Tensor,
    state: State,
    hiddenMask: Tensor?
  ) -> (output: Tensor, state: State)

  /// Visits the parameters under their names, each followed by `suffix`.
  mutating func visitParameters(
    suffix: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows
}

extension BuiltInCell {
  /// The number of features of one step's output: the hidden units.
  public var outputSize: Int { hiddenSize }

  /// Returns the output `[batch, outputs]` of one step and the state after it.
  public func callAsFunction(_ input: Tensor, state: State) -> (output: Tensor, state: State) {
    self(input, state: state, hiddenMask: nil)
  }

  /// Visits the parameters under their names.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visitParameters(suffix: "", visit)
  }
}

extension Tensor {
  /// The element-wise product with a mask; the tensor itself where there is none.
  func masked(by mask: Tensor?) -> Tensor { mask.map { self * $0 } ?? self }
}

extension Tensor? {
  /// Visits the tensor, if there is one, in place.
  mutating func visitIfPresent(
    _ name: String,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    // Taken out and put back, so that a change in place does not copy the elements.
    guard var tensor = take() else { return }
    defer { self = tensor }
    try visit(name, &tensor)
  }
}
