import Recurrent
import RecurrentTestSupport
import Testing

struct InitializerTests {
  @Test(arguments: [[4, 4], [3, 7], [7, 3], [1, 5], [40, 40]] as [Shape])
  func `an orthogonal matrix has orthonormal rows or columns`(shape: Shape) {
    var stream = RandomStream(seed: 93, purpose: .testing)
    let matrix = Initializer.orthogonal().tensor(shape, from: &stream)
    let wide = shape[0] <= shape[1] ? matrix : matrix.transposed()
    let products = matmul(wide, wide, transposingSecond: true)
    for row in 0..<wide.shape[0] {
      for column in 0..<wide.shape[0] {
        // Elements are rounded to single precision.
        #expect(abs(products[row, column] - (row == column ? 1 : 0)) < 1e-6)
      }
    }
  }

  @Test func `values stay within their bounds`() {
    var stream = RandomStream(seed: 94, purpose: .testing)
    let uniform = Initializer.uniform(bound: 0.25).tensor([50, 50], from: &stream)
    #expect(largestMagnitude(uniform.elements) <= 0.25)
    #expect(largestMagnitude(uniform.elements) > 0.24)
    let glorot = Initializer.glorotUniform(inputs: 20, outputs: 30).tensor([30, 20], from: &stream)
    #expect(largestMagnitude(glorot.elements) <= (6 / Float(50)).squareRoot())
    #expect(Initializer.constant(3).tensor([2], from: &stream) == Tensor([3, 3]))
  }

  @Test(arguments: Initialization.named + [.chrono(memory: 100)])
  func `a seed decides a model's starting values`(initialization: Initialization) {
    func model(_ seed: UInt64) -> [[Float]] {
      SequenceModel.lstm(
        inputSize: 3,
        hiddenSize: 5,
        classes: 2,
        initialization: initialization,
        seed: seed
      ).parameters.map(\.value.elements)
    }
    #expect(model(1) == model(1))
    #expect(model(1)[0] != model(2)[0])
    #expect(model(1)[1] != model(2)[1] || initialization == .identity)
    #expect(model(1).flatMap(\.self).allSatisfy { $0.isFinite })
  }

  @Test func `draws have the spread that their names promise`() {
    var stream = RandomStream(seed: 95, purpose: .testing)
    func spread(_ initializer: Initializer) -> Float {
      let elements = initializer.tensor([200, 200], from: &stream).elements
      return (elements.reduce(0) { $0 + $1 * $1 } / Float(elements.count)).squareRoot()
    }
    // Of 40,000 draws the spread is good to 1 / √80,000.
    let expected: [(Initializer, Float)] = [
      (.heNormal(inputs: 50), 0.2), (.heUniform(inputs: 50), 0.2),
      (.glorotNormal(inputs: 20, outputs: 30), 0.2), (.torchUniform(inputs: 12), 1 / 6),
      (.orthogonal(gain: 2), 2 / Float(200).squareRoot()),
    ]
    for (initializer, want) in expected {
      #expect(abs(spread(initializer) / want - 1) < 0.015, "\(initializer)")
    }
  }

  @Test func `an identity has its scale on the diagonal`() {
    var stream = RandomStream(seed: 96, purpose: .testing)
    #expect(
      Initializer.identity(scale: 0.5).tensor([2, 3], from: &stream)
        == Tensor([0.5, 0, 0, 0, 0.5, 0], shape: [2, 3])
    )
  }
}
