/// Two layers of one kind over the same sequence, one from each end, and their outputs as one.
///
/// Source: M. Schuster, K. K. Paliwal, "Bidirectional recurrent neural networks", 1997.
public struct Bidirectional<LayerCell: BuiltInCell>: RecurrentLayer {
  /// The layer that reads forward.
  public var forward: CellLayer<LayerCell>
  /// The layer that reads from each row's own end.
  public var backward: CellLayer<LayerCell>
  /// How their outputs are put together.
  public let merge: Merge

  /// Creates a layer from its two directions.
  ///
  /// - Precondition: The layers read as many features; unless outputs are concatenated they give as
  ///   many.
  public init(
    forward: CellLayer<LayerCell>,
    backward: CellLayer<LayerCell>,
    merge: Merge = .concatenate
  ) {
    require(
      forward.inputSize == backward.inputSize
        && (merge == .concatenate || forward.outputSize == backward.outputSize),
      """
      a Bidirectional layer needs two layers that fit, got \(forward.inputSize) -> \
      \(forward.outputSize) and \(backward.inputSize) -> \(backward.outputSize)
      """
    )
    self.forward = forward
    self.backward = backward
    self.merge = merge
    self.forward.isReversed = false
    self.backward.isReversed = true
  }

  /// The number of features that one step reads.
  public var inputSize: Int { forward.inputSize }
  /// The number of features of one step's output.
  public var outputSize: Int {
    merge == .concatenate ? forward.outputSize + backward.outputSize : forward.outputSize
  }

  /// Returns every step's output, `[batch, time, output]`, and both states after the last steps.
  ///
  /// Everything else is as in a layer of one direction.
  public func callAsFunction(
    _ input: Tensor,
    state: (forward: LayerCell.State, backward: LayerCell.State)? = nil,
    lengths: [Int]? = nil
  ) -> (output: Tensor, state: (forward: LayerCell.State, backward: LayerCell.State)) {
    apply(input, state: state, in: SequencePass(lengths: lengths))
  }

  /// Returns every step's output and the final one.
  public func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
    run(input, in: pass, observing: nil)
  }

  /// Runs with each step's state shown to `observing`, if it is given, which says what takes its
  /// place; forward first.
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    observing: ((LayerCell.State, _ step: Int, _ isBackward: Bool) -> LayerCell.State)?
  ) -> LayerOutput {
    let (outputs, state) = apply(input, state: nil, in: pass, observing: observing)
    return LayerOutput(
      outputs: outputs,
      final: merge(state.forward.tensors[0], state.backward.tensors[0])
    )
  }

  private func apply(
    _ input: Tensor,
    state: (forward: LayerCell.State, backward: LayerCell.State)?,
    in pass: SequencePass,
    observing: ((LayerCell.State, _ step: Int, _ isBackward: Bool) -> LayerCell.State)? = nil
  ) -> (output: Tensor, state: (forward: LayerCell.State, backward: LayerCell.State)) {
    let ahead = forward.apply(
      input,
      state: state?.forward,
      in: pass,
      direction: 0,
      observing: observing.map { observe in { observe($0, $1, false) } }
    )
    let back = backward.apply(
      input,
      state: state?.backward,
      in: pass,
      direction: 1,
      observing: observing.map { observe in { observe($0, $1, true) } }
    )
    return (merge(ahead.output, back.output), (ahead.state, back.state))
  }

  /// Visits the parameters of both under PyTorch's names, "weight_ih_l0" and
  /// "weight_ih_l0_reverse".
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try forward.visitParameters(suffix: "_l0", visit)
    try backward.visitParameters(suffix: "_l0_reverse", visit)
  }

  /// Visits the parameters of both under PyTorch's names in a module.
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    let prefix = LayerCell.modelKey + "."
    try forward.visitParameters(suffix: "_l\(index)") { try visit(prefix + $0, &$1) }
    try backward.visitParameters(suffix: "_l\(index)_reverse") { try visit(prefix + $0, &$1) }
  }
}

/// How the outputs of two directions become one.
public enum Merge: String, Sendable, Codable, CaseIterable {
  /// Side by side, forward first.
  case concatenate
  /// Added.
  case sum
  /// Added and halved.
  case mean
  /// Multiplied.
  case product

  /// Merges two tensors along their last axis.
  func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    switch self {
    case .concatenate: .concatenated([a, b], along: a.shape.rank - 1)
    case .sum: a + b
    case .mean: (a + b) * 0.5
    case .product: a * b
    }
  }
}
