import Recurrent
import RecurrentTestSupport
import Testing

struct TensorNormalizationTests {
  // Rows of one element have no variance: they become 0, and so does their gradient.
  @Test(arguments: [[3, 5], [2, 3, 4], [6], [4, 1]] as [Shape], [Float(1e-5), 0.1])
  func `each row loses its mean and is scaled`(shape: Shape, epsilon: Float) {
    var numbers = SeededNumbers(6)
    let size = shape[shape.rank - 1]
    expect(
      { $0[0].normalized(epsilon: epsilon) },
      at: [numbers.tensor(shape, in: -1...3)],
      shape: shape
    ) { point in
      Reference.rows(point[0], of: size).flatMap { row in
        let mean = row.reduce(0, +) / Double(size)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
        return row.map { ($0 - mean) / (variance + Double(epsilon)).squareRoot() }
      }
    }
  }

  @Test func `equal numbers become zeros`() {
    let x = Tensor(repeating: 1e10, shape: [2, 3])
    #expect(x.normalized(epsilon: 1e-5) == .zeros([2, 3]))
  }
}
