import RecurrentKernels

/// RMSprop: steps divided by the root of a running average of the squared gradient.
///
///     g += weight decay · w
///     v = decay · v + (1 - decay) g²
///     d = g / (√v + ε)          centred: m = decay · m + (1 - decay) g, and v - m² for v
///     u = momentum · u + d, which then takes d's place, where there is momentum
///     w -= learning rate · d
///
/// So PyTorch has it. TensorFlow 1 and Keras divide by √(v + ε); TensorFlow 1 begins with v = 1.
/// Their momentum has the learning rate inside, the same for a constant one.
///
/// Sources: T. Tieleman, G. Hinton, "Lecture 6.5: rmsprop", Coursera, 2012; centred: A. Graves,
/// "Generating sequences with recurrent neural networks", 2013, equations 38-45.
public struct RMSprop: RememberingOptimizer {
  /// The size of a step.
  public var learningRate: Float
  /// How much of the average squared gradient is kept at each step.
  ///
  /// In double precision, since 1 - decay, which is small, is rounded by itself.
  public let decay: Double
  /// What keeps the divisor from zero.
  public let epsilon: Float
  /// How much of the velocity is kept at each step; 0 for no velocity.
  public var momentum: Float
  /// Whether the square of the average gradient is taken away.
  public let isCentred: Bool
  /// How strongly the gradient pulls parameters towards zero.
  public let weightDecay: WeightDecay
  /// Whether ε is added under the root, as in TensorFlow and Keras.
  public let addsEpsilonInsideRoot: Bool
  /// What the average squared gradient begins with.
  public let initialSquare: Float
  /// The averages and velocities.
  public var state: OptimizerState = OptimizerState()

  let kinds: [String]

  /// Creates the optimizer.
  public init(
    learningRate: Float = 0.01,
    decay: Double = 0.99,
    epsilon: Float = 1e-8,
    momentum: Float = 0,
    isCentred: Bool = false,
    weightDecay: WeightDecay = 0,
    addsEpsilonInsideRoot: Bool = false,
    initialSquare: Float = 0
  ) {
    self.learningRate = learningRate
    self.decay = decay
    self.epsilon = epsilon
    self.momentum = momentum
    self.isCentred = isCentred
    self.weightDecay = weightDecay
    self.addsEpsilonInsideRoot = addsEpsilonInsideRoot
    self.initialSquare = initialSquare
    kinds =
      ["square_avg"] + (isCentred ? ["grad_avg"] : []) + (momentum > 0 ? ["momentum_buffer"] : [])
  }

  /// Takes one step.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    let (rate, decay, momentum, epsilon) = (learningRate, decay, momentum, epsilon)
    let (isCentred, isInside, weightDecay) = (isCentred, addsEpsilonInsideRoot, weightDecay)
    state.step(
      &model,
      with: gradient,
      remembering: kinds,
      start: initialSquare,
      optimizer: "RMSprop"
    ) { piece in
      guard let squares = unsafe piece.memory.0 else { return }
      var request = unsafe RecurrentRMSpropStep(
        count: piece.count,
        parameters: piece.parameters,
        gradients: piece.gradients,
        squares: squares,
        means: isCentred ? piece.memory.1 : nil,
        velocities: isCentred ? piece.memory.2 : piece.memory.1,
        learning_rate: rate,
        decay: Float(decay),
        gain: Float(1 - decay),
        momentum: momentum,
        epsilon: epsilon,
        weight_decay: weightDecay.factor(isBias: piece.isBias),
        is_epsilon_inside: isInside
      )
      unsafe kernels.pointee.rmsprop(&request)
    }
  }
}
