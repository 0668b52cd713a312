import RecurrentKernels

/// Plain gradient descent: w -= learning rate * gradient.
///
/// Source: H. Robbins, S. Monro, "A stochastic approximation method", 1951.
public struct GradientDescent: Optimizer {
  /// What the gradient is multiplied by.
  public var learningRate: Float

  /// Creates the optimizer.
  public init(learningRate: Float) { self.learningRate = learningRate }

  /// Takes one step down the gradient.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    let learningRate = learningRate
    forEachParameter(of: &model, with: gradient, optimizer: "GradientDescent") {
      _,
      parameter,
      gradient in
      unsafe parameter.withUnsafeMutableElements { parameter in
        unsafe gradient.withUnsafeElements { gradient in
          guard let target = parameter.baseAddress, let source = gradient.baseAddress else {
            return
          }
          unsafe kernels.pointee.gradient_descent(gradient.count, learningRate, source, target)
        }
      }
    }
  }
}
