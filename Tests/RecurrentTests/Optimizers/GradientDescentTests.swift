import Recurrent
import RecurrentTestSupport
import Testing

struct GradientDescentTests {
  // Twenty steps, each rounding the weights by 6e-8 of their size.
  @Test func `twenty steps follow the equation`() {
    var numbers = SeededNumbers(62)
    var parameters = [numbers.tensor([5, 7]), numbers.tensor([3])]
    var want = parameters.map { $0.elements.map(Double.init) }
    var optimizer = GradientDescent(learningRate: 0.1)
    for step in 1...20 {
      if step == 11 { optimizer.learningRate = 0.02 }
      let rate = step < 11 ? 0.1 : 0.02
      let gradients = parameters.map { numbers.tensor($0.shape) }
      optimizer.update(&parameters, with: Gradient(names: ["0", "1"], tensors: gradients))
      for (array, gradient) in gradients.enumerated() {
        for (n, g) in gradient.elements.enumerated() { want[array][n] -= rate * Double(g) }
      }
    }
    for (got, want) in zip(parameters, want) {
      #expect(mismatch(got.elements, want, tolerance: 2e-6) == nil)
    }
  }

  @Test func `a gradient of another shape traps and names the parameter`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = Dense(weight: .zeros([2, 3]), bias: .zeros([2]))
      var optimizer = GradientDescent(learningRate: 1)
      optimizer.update(
        &layer,
        with: Gradient(names: ["weight", "bias"], tensors: [.zeros([2, 3]), .zeros([3])])
      )
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self).contains(
        "GradientDescent got a gradient that does not fit parameter 'bias' of shape [2]"
      )
    )
  }
}
