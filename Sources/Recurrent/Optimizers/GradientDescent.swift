import RecurrentKernels

/// Gradient descent, plain or with momentum.
///
///     g += weight decay · w
///     v = momentum · v + (1 - dampening) g          v = g at the first step
///     w -= learning rate · d        d = v, or g + momentum · v for Nesterov's, or g without momentum
///
/// These are PyTorch's SGD and, for a constant learning rate, TensorFlow 1's and Keras's momentum.
///
/// Sources: H. Robbins, S. Monro, "A stochastic approximation method", 1951; momentum: B. T. Polyak,
/// "Some methods of speeding up the convergence of iteration methods", 1964; Y. Nesterov, "A method
/// of solving a convex programming problem with convergence rate O(1/k²)", 1983, in the form of
/// I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum
/// in deep learning", 2013.
public struct GradientDescent: RememberingOptimizer {
  /// What the gradient is multiplied by.
  public var learningRate: Float
  /// How much of the velocity is kept at each step; 0 for plain descent.
  public var momentum: Float
  /// How much of a gradient is kept out of the velocity.
  public let dampening: Float
  /// Whether the step looks ahead by one more velocity.
  public let isNesterov: Bool
  /// How strongly parameters are pulled towards zero.
  public let weightDecay: WeightDecay
  /// The velocities, once there is momentum.
  public var state: OptimizerState = OptimizerState()

  let kinds = ["momentum_buffer"]

  /// Creates the optimizer.
  ///
  /// - Precondition: Nesterov's has a momentum and no dampening.
  public init(
    learningRate: Float,
    momentum: Float = 0,
    dampening: Float = 0,
    isNesterov: Bool = false,
    weightDecay: WeightDecay = 0
  ) {
    require(
      !isNesterov || momentum > 0 && dampening == 0,
      "Nesterov's momentum needs a momentum above 0 and no dampening"
    )
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }

  /// Takes one step down the gradient.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    let (rate, momentum, isNesterov) = (learningRate, momentum, isNesterov)
    let isPlain = momentum == 0 && state.entries.isEmpty
    let share = isPlain || state.entries.isEmpty ? 1 : 1 - dampening
    let decay = weightDecay
    state.step(
      &model,
      with: gradient,
      remembering: isPlain ? [] : kinds,
      optimizer: "GradientDescent"
    ) { piece in
      if isPlain && decay.factor == 0 {
        unsafe kernels.pointee.gradient_descent(
          piece.count,
          rate,
          piece.gradients,
          piece.parameters
        )
        return
      }
      var request = unsafe RecurrentMomentumStep(
        count: piece.count,
        parameters: piece.parameters,
        gradients: piece.gradients,
        velocities: piece.memory.0,
        learning_rate: rate,
        momentum: momentum,
        gradient_share: share,
        weight_decay: decay.factor(isBias: piece.isBias),
        is_nesterov: isNesterov
      )
      unsafe kernels.pointee.momentum(&request)
    }
  }
}
