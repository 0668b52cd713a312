import Recurrent

// Operations that take sums: products by matrices, means, normalisation.
extension ProgramStep {
  static let sumOperations: [String: Function] = [
    "linear": { arguments in
      guard let x = arguments.floats("x"), let weight = arguments.floats("weight"),
        let bias = arguments.floats("bias"), weight.shape.count == 2,
        x.shape.last == weight.shape[1], bias.shape == [weight.shape[0]]
      else { return nil }
      let shape: [Int] = x.shape.dropLast() + [weight.shape[0]]
      guard ProgramTensor.count(of: shape) != nil else { return nil }
      let values = product(x.values, weight.values, inputs: weight.shape[1], bias: bias.values)
      return ProgramTensor(shape, .floats(values)).map { [$0] }
    },
    "layer_norm": { arguments in
      guard let x = arguments.floats("x"), let size = x.shape.last, size > 0,
        arguments.axes("axes", rank: x.shape.count) == [x.shape.count - 1],
        let gain = arguments.floats("gamma"), let bias = arguments.floats("beta"),
        gain.shape == [size], bias.shape == [size], let epsilon = arguments.float("epsilon")
      else { return nil }
      var values = x.values
      for start in stride(from: 0, to: values.count, by: size) {
        let row = x.values[start..<start + size].map { Double($0) }
        let mean = row.reduce(0, +) / Double(size)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
        let scale = 1 / (variance + Double(epsilon)).squareRoot()
        for unit in 0..<size {
          let normalized = (row[unit] - mean) * scale
          values[start + unit] = Float(
            normalized * Double(gain.values[unit]) + Double(bias.values[unit])
          )
        }
      }
      return ProgramTensor(x.shape, .floats(values)).map { [$0] }
    },
    "reduce_mean": { overSteps($0) { $0.reduce(0) { $0 + Double($1) } / Double($0.count) } },
    "reduce_max": { overSteps($0) { Double($0.max() ?? 0) } },
  ]

  /// x Wᵀ + b for rows of `inputs` numbers.
  static func product(
    _ x: [Float],
    _ weight: [Float],
    inputs: Int,
    bias: [Float]
  ) -> [Float] {
    guard inputs > 0 else { return [] }
    var values: [Float] = []
    values.reserveCapacity(x.count / inputs * bias.count)
    for start in stride(from: 0, to: x.count, by: inputs) {
      for (row, bias) in bias.enumerated() {
        var sum = Double(bias)
        for n in 0..<inputs { sum += Double(x[start + n]) * Double(weight[row * inputs + n]) }
        values.append(Float(sum))
      }
    }
    return values
  }

  /// A function of each feature's numbers along the first axis, which then is gone.
  private static func overSteps(
    _ arguments: Arguments,
    _ function: ([Float]) -> Double
  ) -> [ProgramTensor]? {
    guard let x = arguments.floats("x"), let steps = x.shape.first, steps > 0,
      arguments.axes("axes", rank: x.shape.count) == [0],
      arguments["keep_dims"]?.truths == [false]
    else { return nil }
    let size = x.values.count / steps
    let values = (0..<size).map { place in
      Float(function((0..<steps).map { x.values[$0 * size + place] }))
    }
    return ProgramTensor(Array(x.shape.dropFirst()), .floats(values)).map { [$0] }
  }
}
