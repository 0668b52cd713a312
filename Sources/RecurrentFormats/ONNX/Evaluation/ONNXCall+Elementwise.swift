import Foundation
import Recurrent

// Operations on element after element, of one array or of two that are stretched to fit.
extension ONNXCall {
  /// What the operation gives; nil if it is of another family.
  func elementwise() throws(FileError) -> ONNXArray? {
    if let function = Self.functions[node.operation] {
      let (elements, shape) = try floats(0)
      return ONNXArray(elements.map(function), shape: shape)
    }
    switch node.operation {
    case "Identity", "Dropout": return try input(0)
    case "Add", "Sub", "Mul", "Div", "Max", "Min", "Pow": return try arithmetic()
    case "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal": return try comparison()
    case "And", "Or": return try logic()
    case "Not":
      guard let truths = try input(0).truths else { throw problem("needs truth values") }
      return ONNXArray(truths.map { !$0 }, shape: try input(0).shape)
    case "Where": return try choice()
    case "Cast": return try cast()
    case "Clip": return try clip()
    case "Softmax", "LogSoftmax": return try softmax()
    default: return nil
    }
  }

  private static let functions: [String: @Sendable (Float) -> Float] = [
    "Sigmoid": { 1 / (1 + exp(-$0)) },
    "Tanh": { tanh($0) },
    "Relu": { $0 > 0 || $0.isNaN ? $0 : 0 },
    "Exp": { exp($0) },
    "Log": { log($0) },
    "Sqrt": { $0.squareRoot() },
    "Neg": { -$0 },
    "Abs": { abs($0) },
    "Reciprocal": { 1 / $0 },
    // log(1 + eˣ), which neither overflows nor loses small numbers.
    "Softplus": { max($0, 0) + log1p(exp(-abs($0))) },
  ]

  private func arithmetic() throws(FileError) -> ONNXArray {
    var result = try input(0)
    for index in inputs.indices.dropFirst() {
      let (a, b, shape) = try stretched(result, try input(index))
      if let x = a.floats, let y = b.floats {
        let operation = floatOperation
        result = ONNXArray(zip(x, y).map(operation), shape: shape)
      } else if let x = a.integers, let y = b.integers {
        result = ONNXArray(try wholeNumbers(x, y), shape: shape, type: a.type)
      } else {
        throw problem("needs numbers of one type")
      }
    }
    return result
  }

  private var floatOperation: (Float, Float) -> Float {
    switch node.operation {
    case "Add": { $0 + $1 }
    case "Sub": { $0 - $1 }
    case "Mul": { $0 * $1 }
    case "Div": { $0 / $1 }
    case "Max": { $0.isNaN || $0 > $1 ? $0 : $1 }
    case "Min": { $0.isNaN || $0 < $1 ? $0 : $1 }
    default: { pow($0, $1) }
    }
  }

  private func wholeNumbers(_ x: [Int], _ y: [Int]) throws(FileError) -> [Int] {
    var results: [Int] = []
    results.reserveCapacity(x.count)
    for (a, b) in zip(x, y) {
      switch node.operation {
      case "Add": results.append(a &+ b)
      case "Sub": results.append(a &- b)
      case "Mul": results.append(a &* b)
      case "Max": results.append(max(a, b))
      case "Min": results.append(min(a, b))
      case "Div" where b != 0: results.append(a.dividedReportingOverflow(by: b).partialValue)
      default: throw problem("cannot be computed of whole numbers \(a) and \(b)")
      }
    }
    return results
  }

  private func comparison() throws(FileError) -> ONNXArray {
    let (a, b, shape) = try stretched(try input(0), try input(1))
    func compared<Number: Comparable>(_ x: [Number], _ y: [Number]) -> [Bool] {
      zip(x, y).map { x, y in
        switch node.operation {
        case "Less": x < y
        case "Greater": x > y
        case "LessOrEqual": x <= y
        case "GreaterOrEqual": x >= y
        default: x == y
        }
      }
    }
    if let x = a.floats, let y = b.floats { return ONNXArray(compared(x, y), shape: shape) }
    if let x = a.integers, let y = b.integers { return ONNXArray(compared(x, y), shape: shape) }
    throw problem("needs numbers of one type")
  }

  private func logic() throws(FileError) -> ONNXArray {
    let (a, b, shape) = try stretched(try input(0), try input(1))
    guard let x = a.truths, let y = b.truths else { throw problem("needs truth values") }
    let isAnd = node.operation == "And"
    return ONNXArray(zip(x, y).map { isAnd ? $0 && $1 : $0 || $1 }, shape: shape)
  }

  private func choice() throws(FileError) -> ONNXArray {
    let (first, second, shape) = try stretched(try input(1), try input(2))
    let (condition, a, whole) = try stretched(try input(0), first)
    let b = try stretched(second, to: whole)
    guard let isFirst = condition.truths, a.type == b.type, whole.count >= shape.count else {
      throw problem("needs truth values and two arrays of one type")
    }
    let places = isFirst.indices.map { isFirst[$0] ? $0 : $0 + isFirst.count }
    return picked(try joined([a, b], shape: [2 * isFirst.count]), places, shape: whole)
  }

  private func cast() throws(FileError) -> ONNXArray {
    let input = try input(0)
    let numbers: [Float] =
      switch input.elements {
      case .floats(let values): values
      case .integers(let values): values.map { Float($0) }
      case .truths(let values): values.map { $0 ? 1 : 0 }
      }
    switch (node.integer("to"), input.elements) {
    case (1, _), (11, _), (10, _): return ONNXArray(numbers, shape: input.shape)
    case (9, _): return ONNXArray(numbers.map { $0 != 0 }, shape: input.shape)
    case (let to, .integers(let values)) where to == 6 || to == 7:
      return ONNXArray(values, shape: input.shape, type: to == 6 ? .int32 : .int64)
    case (let to, _) where to == 6 || to == 7:
      guard numbers.allSatisfy({ abs($0) < 0x1p31 }) else {
        throw problem("makes whole numbers of what is too large")
      }
      return ONNXArray(
        numbers.map { Int($0) },
        shape: input.shape,
        type: to == 6 ? .int32 : .int64
      )
    default: throw problem("makes a type that is not read here")
    }
  }

  private func clip() throws(FileError) -> ONNXArray {
    let (elements, shape) = try floats(0)
    var (low, high) = (node.float("min"), node.float("max"))
    if optional(1) != nil { low = try floats(1).elements.first }
    if optional(2) != nil { high = try floats(2).elements.first }
    return ONNXArray(
      elements.map { min(max($0, low ?? -.infinity), high ?? .infinity) },
      shape: shape
    )
  }

  private func softmax() throws(FileError) -> ONNXArray {
    let (elements, shape) = try floats(0)
    let axis = try axis(node.integer("axis") ?? (operatorSet < 13 ? 1 : -1), rank: shape.count)
    // Before version 13 all axes from this one on are taken together.
    guard axis == shape.count - 1 else { throw problem("is not along the last axis") }
    let width = shape[axis]
    let isLogarithm = node.operation == "LogSoftmax"
    var results: [Float] = []
    for start in stride(from: 0, to: elements.count, by: max(width, 1)) {
      let row = elements[start..<start + width]
      let largest = row.max() ?? 0
      let exponentials = row.map { exp($0 - largest) }
      let sum = exponentials.reduce(0, +)
      results += isLogarithm ? row.map { $0 - largest - log(sum) } : exponentials.map { $0 / sum }
    }
    return ONNXArray(results, shape: shape)
  }

  // MARK: - Stretching

  /// Two arrays as arrays of one shape, each repeated along axes where it has one place.
  func stretched(
    _ a: ONNXArray,
    _ b: ONNXArray
  ) throws(FileError) -> (ONNXArray, ONNXArray, shape: [Int]) {
    if a.shape == b.shape { return (a, b, a.shape) }
    let rank = max(a.shape.count, b.shape.count)
    let padded = [a, b].map { Array(repeating: 1, count: rank - $0.shape.count) + $0.shape }
    let shape = zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 }
    return (try stretched(a, to: shape), try stretched(b, to: shape), shape)
  }

  /// An array repeated along the axes where it has one place and the shape more.
  func stretched(_ array: ONNXArray, to shape: [Int]) throws(FileError) -> ONNXArray {
    if array.shape == shape { return array }
    let missing = shape.count - array.shape.count
    guard missing >= 0 else { throw problem("cannot stretch \(array.shape) to \(shape)") }
    let own = Array(repeating: 1, count: missing) + array.shape
    guard zip(own, shape).allSatisfy({ $0 == 1 || $0 == $1 }) else {
      throw problem("cannot stretch \(array.shape) to \(shape)")
    }
    let count = try count(shape)
    if array.count == 1 {
      return picked(array, Array(repeating: 0, count: count), shape: shape)
    }
    // The step in the array that a step along each axis is.
    var steps = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() {
      steps[axis] = own[axis] == 1 ? 0 : step
      step *= own[axis]
    }
    return picked(array, places(shape, steps), shape: shape)
  }

  /// Where the elements of an array of this shape lie, where a step along each axis is so long.
  func places(_ shape: [Int], _ steps: [Int], from start: Int = 0) -> [Int] {
    var places = [start]
    for axis in shape.indices {
      places = places.flatMap { place in (0..<shape[axis]).map { place + $0 * steps[axis] } }
    }
    return places
  }
}
