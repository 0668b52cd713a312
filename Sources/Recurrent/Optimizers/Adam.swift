import RecurrentKernels

/// Adam: steps scaled by running averages of the gradient and of its square.
///
///     m = β₁ m + (1 - β₁) g          v = β₂ v + (1 - β₂) g²
///     w -= learning rate · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
///
/// Source: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1,
/// with PyTorch's place for ε.
public struct Adam: Optimizer {
  /// The size of a step.
  public var learningRate: Float
  /// How much of the average gradient is kept at each step.
  public let beta1: Float
  /// How much of the average squared gradient is kept at each step.
  public let beta2: Float
  /// What keeps the divisor from zero.
  public let epsilon: Float

  private var step = 0
  private var firstMoments: [Tensor] = []
  private var secondMoments: [Tensor] = []

  /// Creates the optimizer.
  public init(
    learningRate: Float = 0.001,
    beta1: Float = 0.9,
    beta2: Float = 0.999,
    epsilon: Float = 1e-8
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Takes one step.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    if firstMoments.isEmpty {
      firstMoments = gradient.tensors.map { .zeros($0.shape) }
      secondMoments = firstMoments
    }
    step += 1
    let stepSize = Double(learningRate) / (1 - power(Double(beta1), step))
    let secondScale = (1 / (1 - power(Double(beta2), step))).squareRoot()
    forEachParameter(of: &model, with: gradient, optimizer: "Adam") { index, parameter, gradient in
      unsafe parameter.withUnsafeMutableElements { parameter in
        unsafe gradient.withUnsafeElements { gradient in
          unsafe firstMoments[index].withUnsafeMutableElements { first in
            unsafe secondMoments[index].withUnsafeMutableElements { second in
              guard let w = parameter.baseAddress, let g = gradient.baseAddress,
                let m = first.baseAddress, let v = second.baseAddress
              else { return }
              var request = unsafe RecurrentAdamStep(
                count: gradient.count,
                parameters: w,
                gradients: g,
                first_moments: m,
                second_moments: v,
                beta1: beta1,
                beta2: beta2,
                epsilon: epsilon,
                step_size: Float(stepSize),
                second_moment_scale: Float(secondScale)
              )
              unsafe kernels.pointee.adam(&request)
            }
          }
        }
      }
    }
  }

  /// `base` to a whole power by repeated squaring: the same bits on every platform.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var factor = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
