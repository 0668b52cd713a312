import Foundation

/// Every optimizer on one parameter, in double precision, written like the equations.
enum PlainOptimizer: Sendable {
  case descent(momentum: Double, dampening: Double, isNesterov: Bool, decay: Double)
  case rmsprop(
    keep: Double,
    epsilon: Double,
    momentum: Double,
    isCentred: Bool,
    isInside: Bool,
    start: Double,
    decay: Double
  )
  case adagrad(epsilon: Double, start: Double, decay: Double)
  case adam(
    beta1: Double,
    beta2: Double,
    epsilon: Double,
    decay: Double,
    isDecoupled: Bool,
    isAMSGrad: Bool,
    isBefore: Bool
  )
  case lion(beta1: Double, beta2: Double, decay: Double)

  /// What is remembered of the parameter.
  struct Memory {
    var first = 0.0
    var second = 0.0
    var third = 0.0
  }

  /// The memory before the first step.
  var start: Memory {
    switch self {
    case .rmsprop(_, _, _, _, _, let start, _), .adagrad(_, let start, _): Memory(first: start)
    default: Memory()
    }
  }

  /// Returns the parameter after step `t`, from 1.
  func step(_ w: Double, _ gradient: Double, rate: Double, t: Int, _ memory: inout Memory) -> Double
  {
    switch self {
    case .descent(let momentum, let dampening, let isNesterov, let decay):
      let g = gradient + decay * w
      guard momentum > 0 else { return w - rate * g }
      memory.first = t == 1 ? g : momentum * memory.first + (1 - dampening) * g
      return w - rate * (isNesterov ? g + momentum * memory.first : memory.first)
    case .rmsprop(
      let keep,
      let epsilon,
      let momentum,
      let isCentred,
      let isInside,
      _,
      let decay
    ):
      let g = gradient + decay * w
      memory.first = keep * memory.first + (1 - keep) * g * g
      memory.second = keep * memory.second + (1 - keep) * g
      let square = memory.first - (isCentred ? memory.second * memory.second : 0)
      let d = g / (isInside ? (square + epsilon).squareRoot() : square.squareRoot() + epsilon)
      memory.third = momentum * memory.third + d
      return w - rate * memory.third
    case .adagrad(let epsilon, _, let decay):
      let g = gradient + decay * w
      memory.first += g * g
      return w - rate * g / (memory.first.squareRoot() + epsilon)
    case .adam(
      let beta1,
      let beta2,
      let epsilon,
      let decay,
      let isDecoupled,
      let isAMSGrad,
      let isBefore
    ):
      let g = gradient + (isDecoupled ? 0 : decay * w)
      memory.first = beta1 * memory.first + (1 - beta1) * g
      memory.second = beta2 * memory.second + (1 - beta2) * g * g
      memory.third = max(memory.third, memory.second)
      let root = (isAMSGrad ? memory.third : memory.second).squareRoot()
      let correction = (1 - pow(beta2, Double(t))).squareRoot()
      let mean = memory.first / (1 - pow(beta1, Double(t)))
      let divisor = isBefore ? (root + epsilon) / correction : root / correction + epsilon
      return w - (isDecoupled ? rate * decay * w : 0) - rate * mean / divisor
    case .lion(let beta1, let beta2, let decay):
      let direction = beta1 * memory.first + (1 - beta1) * gradient
      memory.first = beta2 * memory.first + (1 - beta2) * gradient
      return w - rate * ((direction > 0 ? 1 : direction < 0 ? -1 : 0) + decay * w)
    }
  }
}
