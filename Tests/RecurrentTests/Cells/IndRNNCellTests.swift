import Recurrent
import Testing

struct IndRNNCellTests {
  // One unit: 2 · 1 - 3 · 0.5 + 0.25 = 0.75; tanh(0.75) = 0.6351489524. The second unit, with
  // weights of 0, shows that it sees nothing of the first: 0.25 · 0.5 - 1 = -0.875.
  @Test func `a step worked by hand`() {
    func step(_ activation: RNNCell.Activation) -> [Float] {
      let cell = IndRNNCell(
        input: Tensor([2, 0], shape: [2, 1]),
        recurrent: Tensor([-3, 0.25]),
        bias: Tensor([0.25, -1]),
        activation: activation
      )
      let h = Tensor([0.5, 0.5], shape: [1, 2])
      let (output, state) = cell(Tensor([1], shape: [1, 1]), state: h)
      #expect(state == output)
      return output.elements
    }
    #expect(step(.relu) == [0.75, 0])
    #expect(abs(step(.tanh)[0] - 0.6351489524) <= 1.2e-7)
  }

  @Test func `parameters are listed in a fixed order, and memories start within bounds`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = IndRNNCell(inputSize: 3, hiddenSize: 50, using: &stream)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih"])
    #expect(cell.parameters.map(\.value.shape) == [[50, 3], [50], [50]])
    #expect(cell.recurrent.elements.allSatisfy { (0...1).contains($0) })
    #expect(cell.recurrent.mean().scalar > 0.3 && cell.recurrent.mean().scalar < 0.7)
  }
}
