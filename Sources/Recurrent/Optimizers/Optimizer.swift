/// A rule by which a gradient changes parameters.
public protocol Optimizer: Sendable {
  /// The size of a step.
  var learningRate: Float { get set }
  /// How much of the steps before is kept, which a schedule may change; 0 where nothing is kept.
  var momentum: Float { get set }
  /// What the optimizer remembers of the steps before.
  ///
  /// A training that is taken up again puts it back.
  var state: OptimizerState { get set }

  /// Changes every parameter of `model` by its gradient.
  ///
  /// - Precondition: The gradient is one of this model, and each call sees the same parameters.
  mutating func update(_ model: inout some Parameterized, with gradient: Gradient)
}

extension Optimizer {
  /// No momentum; what is set is ignored.
  public var momentum: Float {
    get { 0 }
    set {}
  }

  /// No memory; what is set is ignored.
  public var state: OptimizerState {
    get { OptimizerState() }
    set {}
  }
}
