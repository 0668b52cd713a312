/// A recurrent layer whose input is added to its output.
///
/// Source: K. He et al., "Deep residual learning for image recognition", 2016; between recurrent
/// layers: Y. Wu et al., "Google's neural machine translation system", 2016, section 3.1.
public struct Residual: RecurrentLayer {
  /// The layer to whose output its input is added.
  public var layer: any RecurrentLayer

  /// Creates a residual connection around a layer.
  ///
  /// - Precondition: The layer gives as many features as it reads.
  public init(_ layer: any RecurrentLayer) {
    require(
      layer.inputSize == layer.outputSize,
      "a Residual layer needs equal sizes, got \(layer.inputSize) -> \(layer.outputSize)"
    )
    self.layer = layer
  }

  /// The number of features that one step reads.
  public var inputSize: Int { layer.inputSize }
  /// The number of features of one step's output.
  public var outputSize: Int { layer.outputSize }

  /// Returns every step's output and the final one, to which the row's last input is added.
  public func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
    adding(input, to: layer.run(input, in: pass), in: pass)
  }

  /// Adds the input to what the layer made of it.
  func adding(_ input: Tensor, to inner: LayerOutput, in pass: SequencePass) -> LayerOutput {
    let outputs: Tensor
    if let lengths = pass.lengths, Set(lengths) != [input.shape[1]] {
      outputs = inner.outputs + input.cleared(past: lengths)
    } else {
      outputs = inner.outputs + input
    }
    return LayerOutput(outputs: outputs, final: inner.final + input.lastSteps(pass.lengths))
  }

  /// Visits the layer's parameters.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try layer.visitParameters(visit)
  }

  /// Visits the layer's parameters under the names they have in a model.
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try layer.visitParameters(asLayer: index, visit)
  }
}
