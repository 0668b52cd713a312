import Recurrent
import RecurrentTestSupport
import Testing

/// Checks an operation of the tape against the same operation in double precision.
///
/// Values must agree to 10⁻⁶ (1 + the largest value): a few roundings. Gradients are those of a
/// random weighted sum of the result, compared with central differences.
func expect(
  _ operation: ([Tensor]) -> Tensor,
  at inputs: [Tensor],
  shape: Shape,
  matches reference: ([[Double]]) -> [Double],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let points = inputs.map(\.elements)
  let value = operation(inputs)
  #expect(value.shape == shape, sourceLocation: sourceLocation)
  let wanted = reference(points.map { $0.map(Double.init) })
  #expect(
    mismatch(value.elements, wanted, tolerance: 1e-6) == nil,
    sourceLocation: sourceLocation
  )
  var numbers = SeededNumbers(UInt64(shape.count))
  let weights = numbers.tensor(shape)
  let (_, gradient) = valueWithGradient(at: inputs) { (operation($0) * weights).sum() }
  #expect(gradient.tensors.map(\.shape) == inputs.map(\.shape), sourceLocation: sourceLocation)
  let problems = gradientMismatches(gradient.tensors.map(\.elements), at: points) { point in
    zip(reference(point), weights.elements).reduce(0) { $0 + $1.0 * Double($1.1) }
  }
  #expect(problems == [], sourceLocation: sourceLocation)
}

/// The places of a tensor in row-major order, one index for each axis.
func places(in shape: Shape) -> [[Int]] {
  shape.dimensions.reduce([[]]) { places, extent in
    places.flatMap { place in (0..<extent).map { place + [$0] } }
  }
}

/// Where an element lies in row-major order.
func offset(of place: [Int], in shape: Shape) -> Int {
  zip(place, shape.dimensions).reduce(0) { $0 * $1.1 + $1.0 }
}
