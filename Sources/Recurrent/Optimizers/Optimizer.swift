/// A rule by which a gradient changes parameters.
public protocol Optimizer: Sendable {
  /// The size of a step.
  var learningRate: Float { get set }

  /// Changes every parameter of `model` by its gradient.
  ///
  /// - Precondition: The gradient is one of this model, and each call sees the same parameters.
  mutating func update(_ model: inout some Parameterized, with gradient: Gradient)
}

/// Calls `body` with each parameter and its gradient, after checking that they belong together.
func forEachParameter(
  of model: inout some Parameterized,
  with gradient: Gradient,
  optimizer: StaticString,
  _ body: (_ index: Int, _ parameter: inout Tensor, _ gradient: Tensor) -> Void
) {
  var index = 0
  model.visitParameters { name, parameter in
    require(
      index < gradient.tensors.count && gradient.tensors[index].shape == parameter.shape,
      "\(optimizer) got a gradient that does not fit parameter '\(name)' of shape \(parameter.shape)"
    )
    body(index, &parameter, gradient.tensors[index])
    index += 1
  }
  require(
    index == gradient.tensors.count,
    "\(optimizer) got \(gradient.tensors.count) gradients for \(index) parameters"
  )
}
