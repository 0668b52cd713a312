import Recurrent
import RecurrentTestSupport
import Testing

struct AdamTests {
  // Twenty steps, each rounding the weights by 6e-8 of their size.
  @Test(arguments: [(0.9, 0.999, 1e-8), (0.8, 0.95, 1e-3)])
  func `twenty steps follow the equations`(beta1: Double, beta2: Double, epsilon: Double) {
    var numbers = SeededNumbers(60)
    let shapes: [Shape] = [[5, 7], [3], []]
    var parameters = shapes.map { numbers.tensor($0) }
    var want = parameters.map { $0.elements.map(Double.init) }
    var m = want.map { $0.map { _ in 0.0 } }
    var v = m
    let rate = 0.01
    // The library gets the constants in single precision, so the reference has the same.
    let (b1, b2) = (Double(Float(beta1)), Double(Float(beta2)))
    var adam = Adam(
      learningRate: Float(rate),
      beta1: Float(beta1),
      beta2: Float(beta2),
      epsilon: Float(epsilon)
    )
    for step in 1...20 {
      let gradients = shapes.map { numbers.tensor($0, in: -2...2) }
      adam.update(&parameters, with: Gradient(names: ["0", "1", "2"], tensors: gradients))
      for (array, gradient) in gradients.enumerated() {
        for (n, g) in gradient.elements.map(Double.init).enumerated() {
          m[array][n] = b1 * m[array][n] + (1 - b1) * g
          v[array][n] = b2 * v[array][n] + (1 - b2) * g * g
          let mean = m[array][n] / (1 - power(b1, step))
          let square = v[array][n] / (1 - power(b2, step))
          want[array][n] -= rate * mean / (square.squareRoot() + epsilon)
        }
      }
      for (got, want) in zip(parameters, want) {
        #expect(mismatch(got.elements, want, tolerance: 2e-6) == nil, "after step \(step)")
      }
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  @Test func `the first step is as long as the learning rate, whatever the gradient`() {
    var parameter = Tensor([1, 1, 1])
    var adam = Adam(learningRate: 0.1)
    let gradient = Gradient(names: ["value"], tensors: [Tensor([1e-3, -5, 1e4])])
    adam.update(&parameter, with: gradient)
    // m / √v is the gradient's sign, but for ε.
    for (got, want) in zip(parameter.elements, [0.9, 1.1, 0.9] as [Float]) {
      #expect(abs(got - want) < 2e-6)
    }
  }

  @Test func `a gradient of zeros changes nothing`() {
    var parameter = Tensor([1, 2])
    var adam = Adam()
    for _ in 0..<3 {
      adam.update(&parameter, with: Gradient(names: ["value"], tensors: [.zeros([2])]))
    }
    #expect(parameter == Tensor([1, 2]))
  }

  @Test func `copies of an optimizer go their own ways`() {
    var numbers = SeededNumbers(61)
    let gradients = (0..<4).map { _ in
      Gradient(names: ["value"], tensors: [numbers.tensor([6])])
    }
    var adam = Adam(learningRate: 0.1)
    var parameter = Tensor.zeros([6])
    adam.update(&parameter, with: gradients[0])
    var (copy, copiedParameter) = (adam, parameter)
    adam.update(&parameter, with: gradients[1])
    copy.update(&copiedParameter, with: gradients[2])
    copy.update(&copiedParameter, with: gradients[3])
    var (fresh, freshParameter) = (Adam(learningRate: 0.1), Tensor.zeros([6]))
    fresh.update(&freshParameter, with: gradients[0])
    fresh.update(&freshParameter, with: gradients[1])
    #expect(haveSameBits(freshParameter.elements, parameter.elements))
  }
}
