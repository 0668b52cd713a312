/// A layer that multiplies by a matrix and adds a bias: y = x Wᵀ + b.
public struct Dense: Parameterized {
  /// The weight, `[outputs, inputs]` as PyTorch has it.
  public var weight: Tensor
  /// The bias, `[outputs]`.
  public var bias: Tensor

  /// Creates a layer from its parameters.
  ///
  /// - Precondition: The shapes agree.
  public init(weight: Tensor, bias: Tensor) {
    require(
      weight.shape.rank == 2 && bias.shape == [weight.shape[0]],
      "Dense needs a weight [outputs, inputs] and a bias [outputs], got \(weight.shape), \(bias.shape)"
    )
    self.weight = weight
    self.bias = bias
  }

  /// Creates a layer with random parameters.
  ///
  /// - Precondition: The sizes are at least 1.
  public init(
    inputSize: Int,
    outputSize: Int,
    initialization: Initialization = .recommended,
    using stream: inout RandomStream
  ) {
    require(
      inputSize > 0 && outputSize > 0,
      "Dense needs sizes of at least 1, got \(inputSize) inputs and \(outputSize) outputs"
    )
    (weight, bias) = initialization.denseWeights(
      inputSize: inputSize,
      outputSize: outputSize,
      from: &stream
    )
  }

  /// The number of inputs.
  public var inputSize: Int { weight.shape[1] }
  /// The number of outputs.
  public var outputSize: Int { weight.shape[0] }

  /// Returns x Wᵀ + b: `[..., inputs]` becomes `[..., outputs]`.
  ///
  /// - Precondition: The input's last extent is `inputSize`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    matmul(x, weight, transposingSecond: true) + bias
  }

  /// Visits the weight and the bias.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visit("weight", &weight)
    try visit("bias", &bias)
  }
}
