import Foundation
import Recurrent

// Operations on each number, or each two.
extension ProgramStep {
  static let numberOperations: [String: Function] = [
    "identity": { $0["x"].map { [$0] } },
    "sigmoid": { unary($0, logistic) },
    "tanh": { unary($0) { tanh($0) } },
    "relu": { unary($0) { $0 > 0 || $0.isNaN ? $0 : 0 } },
    "exp": { unary($0) { exp($0) } },
    "abs": { unary($0) { abs($0) } },
    "log": { arguments in
      guard let epsilon = arguments.float("epsilon") else { return nil }
      return unary(arguments) { log($0 + Double(epsilon)) }
    },
    "add": { arguments in
      // Loops count with whole numbers.
      guard let x = arguments.integer("x"), let y = arguments.integer("y") else {
        return binary(arguments, +)
      }
      return ProgramTensor([], .integers([x &+ y])).map { [$0] }
    },
    "less": { arguments in
      guard let x = arguments.integer("x"), let y = arguments.integer("y") else { return nil }
      return ProgramTensor([], .truths([x < y])).map { [$0] }
    },
    "sub": { binary($0, -) },
    "mul": { binary($0, *) },
    "real_div": { binary($0, /) },
    "maximum": { binary($0) { $0 > $1 || $0.isNaN ? $0 : $1 } },
    "equal": { arguments in
      guard let x = arguments.floats("x"), let y = arguments.floats("y"),
        let (shape, first, second) = ProgramTensor.stretched(x.shape, y.shape)
      else { return nil }
      let truths = zip(first, second).map { x.values[$0] == y.values[$1] }
      return ProgramTensor(shape, .truths(truths)).map { [$0] }
    },
    "select": { arguments in
      guard let condition = arguments["cond"], let truths = condition.truths,
        let a = arguments.floats("a"), let b = arguments.floats("b"),
        a.shape == condition.shape, b.shape == a.shape
      else { return nil }
      let values = truths.indices.map { truths[$0] ? a.values[$0] : b.values[$0] }
      return ProgramTensor(a.shape, .floats(values)).map { [$0] }
    },
  ]

  static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private static func unary(
    _ arguments: Arguments,
    _ function: (Double) -> Double
  ) -> [ProgramTensor]? {
    guard let x = arguments.floats("x") else { return nil }
    let values = x.values.map { Float(function(Double($0))) }
    return ProgramTensor(x.shape, .floats(values)).map { [$0] }
  }

  private static func binary(
    _ arguments: Arguments,
    _ function: (Float, Float) -> Float
  ) -> [ProgramTensor]? {
    guard let x = arguments.floats("x"), let y = arguments.floats("y"),
      let (shape, first, second) = ProgramTensor.stretched(x.shape, y.shape)
    else { return nil }
    let values = zip(first, second).map { function(x.values[$0], y.values[$1]) }
    return ProgramTensor(shape, .floats(values)).map { [$0] }
  }
}
