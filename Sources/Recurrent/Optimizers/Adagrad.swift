import RecurrentKernels

/// Adagrad: steps divided by the root of the sum of all squared gradients.
///
///     g += weight decay · w
///     v += g²
///     w -= learning rate · g / (√v + ε)
///
/// So PyTorch has it. TensorFlow 1 begins with v = 0.1 and has no ε.
///
/// Source: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and
/// stochastic optimization", 2011.
public struct Adagrad: RememberingOptimizer {
  /// The size of the first step.
  public var learningRate: Float
  /// What keeps the divisor from zero.
  public let epsilon: Float
  /// How strongly the gradient pulls parameters towards zero.
  public let weightDecay: WeightDecay
  /// What the sum of squares begins with.
  public let initialSum: Float
  /// The sums of squares.
  public var state: OptimizerState = OptimizerState()

  let kinds = ["sum"]

  /// Creates the optimizer.
  public init(
    learningRate: Float = 0.01,
    epsilon: Float = 1e-10,
    weightDecay: WeightDecay = 0,
    initialSum: Float = 0
  ) {
    self.learningRate = learningRate
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.initialSum = initialSum
  }

  /// Takes one step.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    let (rate, epsilon, decay) = (learningRate, epsilon, weightDecay)
    state.step(
      &model,
      with: gradient,
      remembering: kinds,
      start: initialSum,
      optimizer: "Adagrad"
    ) { piece in
      guard let squares = unsafe piece.memory.0 else { return }
      var request = unsafe RecurrentRMSpropStep(
        count: piece.count,
        parameters: piece.parameters,
        gradients: piece.gradients,
        squares: squares,
        means: nil,
        velocities: nil,
        learning_rate: rate,
        decay: 1,
        gain: 1,
        momentum: 0,
        epsilon: epsilon,
        weight_decay: decay.factor(isBias: piece.isBias),
        is_epsilon_inside: false
      )
      unsafe kernels.pointee.rmsprop(&request)
    }
  }
}
