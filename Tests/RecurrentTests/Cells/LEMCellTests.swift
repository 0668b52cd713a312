import Recurrent
import Testing

struct LEMCellTests {
  // One unit: x = 1, y' = 0.5, z' = 2. Both paces have sums 1 - 2 · 0.5 = 0, so half a time step;
  // z's candidate is tanh(0.5 + 0.5) = 0.7615941560, y's is tanh(z - 1).
  //
  //     Δt = 1     z = 0.5 · 2 + 0.5 · 0.7615941560 = 1.3807970780,   tanh = 0.3633994844
  //                y = 0.5 · 0.5 + 0.5 · 0.3633994844 = 0.4316997422
  //     Δt = 0.5   z = 0.75 · 2 + 0.25 · 0.7615941560 = 1.6903985390, tanh = 0.5982379679
  //                y = 0.75 · 0.5 + 0.25 · 0.5982379679 = 0.5245594920
  @Test(arguments: [
    (Float(1), Float(1.3807970780), Float(0.4316997422)), (0.5, 1.6903985390, 0.5245594920),
  ])
  func `a step worked by hand`(timeStep: Float, memory: Float, hidden: Float) {
    let cell = LEMCell(
      RecurrentWeights(
        input: Tensor([1, 1, 0.5, -1], shape: [4, 1]),
        recurrent: Tensor([-2, -2, 1, 1], shape: [4, 1]),
        bias: .zeros([4])
      ),
      timeStep: timeStep
    )
    let start = LEMCell.State(
      hidden: Tensor([0.5], shape: [1, 1]),
      memory: Tensor([2], shape: [1, 1])
    )
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: start)
    #expect(abs(state.memory.scalar - memory) <= 2.4e-7)
    #expect(abs(output.scalar - hidden) <= 2.4e-7)
    #expect(state.hidden == output)
  }

  @Test func `parameters are listed in a fixed order`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = LEMCell(inputSize: 3, hiddenSize: 4, using: &stream)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih"])
    #expect(cell.parameters.map(\.value.shape) == [[16, 3], [16, 4], [16]])
  }
}
