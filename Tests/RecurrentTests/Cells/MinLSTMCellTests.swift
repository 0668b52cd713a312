import Recurrent
import Testing

struct MinLSTMCellTests {
  private func step(input: Float, forget: Float) -> Float {
    let cell = MinLSTMCell(
      input: Tensor([1, 1, 0.5], shape: [3, 1]),
      bias: Tensor([forget - 1, input - 1, 0.25])
    )
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: Tensor([0.5], shape: [1, 1]))
    #expect(state == output)
    return output.scalar
  }

  // One unit: x = 1, h' = 0.5, n = 0.5 + 0.25 = 0.75.
  //
  //     f: 0, i: 0             σ = 0.5 and 0.5     h = (0.5 · 0.5 + 0.5 · 0.75) / 1 = 0.625
  //     f: 0, i: log 3         σ = 0.5 and 0.75    h = (0.5 · 0.5 + 0.75 · 0.75) / 1.25 = 0.65
  @Test func `a step worked by hand`() {
    #expect(abs(step(input: 0, forget: 0) - 0.625) <= 1.2e-7)
    #expect(abs(step(input: 1.0986122887, forget: 0) - 0.65) <= 1.2e-7)
  }

  // The quotient of two logistic functions that are 0 in single precision: e^-200 / 2 e^-200.
  @Test func `gates that are both shut share evenly`() {
    #expect(abs(step(input: -200, forget: -200) - 0.625) <= 1.2e-7)
    #expect(step(input: -200, forget: -400) == 0.75)
    #expect(step(input: -400, forget: -200) == 0.5)
  }

  @Test func `parameters are listed in a fixed order`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = MinLSTMCell(inputSize: 3, hiddenSize: 2, forgetBias: 3, using: &stream)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "bias_ih"])
    #expect(cell.parameters.map(\.value.shape) == [[6, 3], [6]])
    #expect(cell.bias == Tensor([3, 3, 0, 0, 0, 0]))
  }
}
