/// Adam with a weight decay of its own, apart from the gradient.
///
///     w -= learning rate · weight decay · w
///
/// and then a step of Adam on the gradient as it is.
///
/// Source: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2019, algorithm 2, with
/// the decay multiplied by the learning rate, as PyTorch and Keras do.
public struct AdamW: RememberingOptimizer {
  private var adam: Adam

  /// Creates the optimizer.
  public init(
    learningRate: Float = 0.001,
    beta1: Float = 0.9,
    beta2: Float = 0.999,
    epsilon: Float = 1e-8,
    weightDecay: WeightDecay = 0.01,
    isAMSGrad: Bool = false,
    addsEpsilonBeforeCorrection: Bool = false
  ) {
    adam = Adam(
      learningRate: learningRate,
      beta1: beta1,
      beta2: beta2,
      epsilon: epsilon,
      weightDecay: weightDecay,
      isAMSGrad: isAMSGrad,
      addsEpsilonBeforeCorrection: addsEpsilonBeforeCorrection
    )
    adam.isDecayDecoupled = true
  }

  /// The size of a step.
  public var learningRate: Float {
    get { adam.learningRate }
    set { adam.learningRate = newValue }
  }

  /// The first β, which plays momentum's part.
  public var momentum: Float {
    get { adam.beta1 }
    set { adam.beta1 = newValue }
  }

  var kinds: [String] { adam.kinds }

  /// How strongly parameters are pulled towards zero.
  public var weightDecay: WeightDecay { adam.weightDecay }

  /// The averages.
  public var state: OptimizerState {
    get { adam.state }
    set { adam.state = newValue }
  }

  /// Takes one step.
  public mutating func update(_ model: inout some Parameterized, with gradient: Gradient) {
    adam.update(&model, with: gradient)
  }
}
