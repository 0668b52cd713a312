import RecurrentKernels

/// Lion: steps of one size, in the direction that most of the recent gradients point.
///
///     w -= learning rate · (sign(β₁ m + (1 - β₁) g) + weight decay · w)
///     m = β₂ m + (1 - β₂) g
///
/// The paper takes learning rates three to ten times smaller than Adam's, and decays as much larger.
///
/// Source: X. Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2.
public struct Lion: RememberingOptimizer {
  /// The size of a step.
  public var learningRate: Float
  /// How much of the average gradient enters the direction.
  public var beta1: Float
  /// How much of the average gradient is kept at each step.
  public let beta2: Float
  /// How strongly parameters are pulled towards zero.
  public let weightDecay: WeightDecay
  /// The averages.
  public var state: OptimizerState = OptimizerState()

  let kinds = ["exp_avg"]

  /// Creates the optimizer.
  public init(
    learningRate: Float = 1e-4,
    beta1: Float = 0.9,
    beta2: Float = 0.99,
    weightDecay: WeightDecay = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  /// The first β, which plays momentum's part.
  public var momentum: Float {
    get { beta1 }
    set { beta1 = newValue }
  }

  /// Takes one step.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    let (rate, beta1, beta2, decay) = (learningRate, beta1, beta2, weightDecay)
    state.step(
      &model,
      with: gradient,
      remembering: kinds,
      optimizer: "Lion"
    ) { piece in
      guard let moments = unsafe piece.memory.0 else { return }
      var request = unsafe RecurrentLionStep(
        count: piece.count,
        parameters: piece.parameters,
        gradients: piece.gradients,
        moments: moments,
        learning_rate: rate,
        beta1: beta1,
        beta2: beta2,
        parameter_scale: 1 - rate * decay.factor(isBias: piece.isBias)
      )
      unsafe kernels.pointee.lion(&request)
    }
  }
}
