import RecurrentKernels

/// Adam: steps scaled by running averages of the gradient and of its square.
///
///     g += weight decay · w
///     m = β₁ m + (1 - β₁) g          v = β₂ v + (1 - β₂) g²
///     w -= learning rate · (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
///
/// AMSGrad puts the largest v so far in the place of v. PyTorch adds ε where the equation has it;
/// TensorFlow and Keras add it to √v before the correction, which makes it larger in early steps.
///
/// Sources: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1,
/// and the end of section 2 for the other place of ε; AMSGrad: S. J. Reddi, S. Kale, S. Kumar, "On
/// the convergence of Adam and beyond", 2018, as PyTorch has it, with the correction.
public struct Adam: RememberingOptimizer {
  /// The size of a step.
  public var learningRate: Float
  /// How much of the average gradient is kept at each step.
  public var beta1: Float
  /// How much of the average squared gradient is kept at each step.
  public let beta2: Float
  /// What keeps the divisor from zero.
  public let epsilon: Float
  /// How strongly the gradient pulls parameters towards zero.
  public let weightDecay: WeightDecay
  /// Whether the divisor never shrinks.
  public let isAMSGrad: Bool
  /// Whether ε is added before the correction, as in TensorFlow and Keras.
  public let addsEpsilonBeforeCorrection: Bool
  /// The averages.
  public var state: OptimizerState = OptimizerState()

  /// Whether the decay is AdamW's.
  var isDecayDecoupled = false

  let kinds: [String]

  /// Creates the optimizer.
  public init(
    learningRate: Float = 0.001,
    beta1: Float = 0.9,
    beta2: Float = 0.999,
    epsilon: Float = 1e-8,
    weightDecay: WeightDecay = 0,
    isAMSGrad: Bool = false,
    addsEpsilonBeforeCorrection: Bool = false
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.isAMSGrad = isAMSGrad
    kinds = ["exp_avg", "exp_avg_sq"] + (isAMSGrad ? ["max_exp_avg_sq"] : [])
    self.addsEpsilonBeforeCorrection = addsEpsilonBeforeCorrection
  }

  /// The first β, which plays momentum's part.
  public var momentum: Float {
    get { beta1 }
    set { beta1 = newValue }
  }

  /// Takes one step.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    let settings = self.settings
    state.step(
      &model,
      with: gradient,
      remembering: kinds,
      optimizer: isDecayDecoupled ? "AdamW" : "Adam"
    ) { piece in
      guard let m = unsafe piece.memory.0, let v = unsafe piece.memory.1 else { return }
      let decay = settings.decay.factor(isBias: piece.isBias)
      var request = unsafe RecurrentAdamStep(
        count: piece.count,
        parameters: piece.parameters,
        gradients: piece.gradients,
        first_moments: m,
        second_moments: v,
        greatest_second_moments: piece.memory.2,
        beta1: settings.beta1,
        beta2: settings.beta2,
        epsilon: settings.epsilon,
        weight_decay: settings.isDecayDecoupled ? 0 : decay,
        parameter_scale: settings.isDecayDecoupled ? 1 - settings.learningRate * decay : 1,
        step_size: settings.stepSize,
        second_moment_scale: settings.secondMomentScale
      )
      unsafe kernels.pointee.adam(&request)
    }
  }

  /// What the next step needs to know.
  private var settings:
    (
      learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: WeightDecay,
      isDecayDecoupled: Bool, stepSize: Float, secondMomentScale: Float
    )
  {
    let step = state.step + 1
    var stepSize = Double(learningRate) / (1 - Double(beta1).power(step))
    var secondScale = (1 / (1 - Double(beta2).power(step))).squareRoot()
    if addsEpsilonBeforeCorrection {
      stepSize /= secondScale
      secondScale = 1
    }
    return (
      learningRate, beta1, beta2, epsilon, weightDecay, isDecayDecoupled, Float(stepSize),
      Float(secondScale)
    )
  }
}
