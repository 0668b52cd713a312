/// A layer that turns a sequence into a sequence, one step depending on others.
public protocol RecurrentLayer: Parameterized {
  /// The number of features that one step reads.
  var inputSize: Int { get }
  /// The number of features of one step's output.
  var outputSize: Int { get }

  /// Runs over sequences `[batch, time, features]` from the layer's own initial state.
  func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput

  /// Visits the parameters under the names they have in a model, where this is layer `index`.
  mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows
}

extension RecurrentLayer {
  /// Returns every step's output, `[batch, time, output]`.
  ///
  /// `input` is `[batch, time, features]`.
  public func outputs(_ input: Tensor) -> Tensor { run(input, in: SequencePass()).outputs }

  /// Visits the parameters under their own names after "layers.`index`.".
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visitParameters { try visit("layers.\(index).\($0)", &$1) }
  }
}

/// What a pass through layers has to know beside the sequences.
public struct SequencePass: Sendable {
  /// The number of steps of each row, from 1 to the batch's; nil where all have all of them.
  public var lengths: [Int]?
  /// What masks are drawn from; nil for a pass in use, without masks.
  public var masks: MaskStreams?
  /// The place in its model of the layer that runs.
  public var layer: Int
  /// The states before the first step of each layer, `[batch, output + further states]`; nil for the
  /// layers' own.
  var states: [Tensor]?

  /// Creates a pass: over whole rows, without masks, through the first layer, unless said.
  public init(lengths: [Int]? = nil, masks: MaskStreams? = nil, layer: Int = 0) {
    self.lengths = lengths
    self.masks = masks
    self.layer = layer
  }

  /// Traps unless the lengths fit a batch of sequences `[batch, time, features]`.
  func requireFit(_ input: Tensor, of operation: String) {
    guard let lengths else { return }
    require(
      lengths.count == input.shape[0] && lengths.allSatisfy { 1...input.shape[1] ~= $0 },
      """
      \(operation) needs \(input.shape[0]) lengths from 1 to \(input.shape[1]), got \
      \(lengths.count)\(lengths.first.map { _ in " from \(lengths.min() ?? 0) to \(lengths.max() ?? 0)" } ?? "")
      """
    )
  }
}

/// What a recurrent layer gives.
public struct LayerOutput: Sendable {
  /// Every step's output, `[batch, time, output]`; zeros past a row's end.
  public var outputs: Tensor
  /// The output after everything was read, `[batch, output]`: of a layer with two directions, that
  /// of the last step forward and that of the first step, which is the last backward.
  public var final: Tensor

  /// Creates a layer's output from its parts.
  public init(outputs: Tensor, final: Tensor) {
    self.outputs = outputs
    self.final = final
  }

  /// Creates the output of a layer that reads forward: the final output is that of the last step.
  public init(outputs: Tensor, in pass: SequencePass) {
    self.outputs = outputs
    final = outputs.lastSteps(pass.lengths)
  }
}

extension Tensor {
  /// The last step of each row of `[batch, time, features]`: `[batch, features]`.
  func lastSteps(_ lengths: [Int]?) -> Tensor {
    guard let lengths, Set(lengths).count > 1 else {
      return slice(at: (lengths?.first ?? shape[1]) - 1, along: 1)
    }
    let (batch, steps, features) = (shape[0], shape[1], shape[2])
    return reshaped(to: [batch * steps, features])
      .gathered(at: lengths.enumerated().map { $0 * steps + $1 - 1 })
  }
}
