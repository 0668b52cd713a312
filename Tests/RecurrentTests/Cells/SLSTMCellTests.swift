import Recurrent
import Testing

struct SLSTMCellTests {
  /// A cell of one unit with these biases and nothing else, from x and h' of 0.
  private func step(
    _ sums: [Float],
    _ forgetGate: SLSTMCell.ForgetGate,
    cell: Float,
    normalizer: Float,
    stabilizer: Float
  ) -> [Float] {
    let parts = [0, cell, normalizer, stabilizer].map { Tensor([$0], shape: [1, 1]) }
    let step = SLSTMCell(
      RecurrentWeights(input: .zeros([4, 1]), recurrent: .zeros([4, 1]), bias: Tensor(sums)),
      forgetGate: forgetGate
    )
    let (output, state) = step(.zeros([1, 1]), state: SLSTMCell.State(tensors: parts))
    #expect(state.hidden == output)
    return state.tensors.map(\.scalar)
  }

  // The sums of i, f, g, o are 0, 0, 1, 0. c' = 2, n' = 1.
  //
  //     σ(f), m' = 0   m = max(log 0.5, 0) = 0: e^(log 0.5) = 0.5, e^0 = 1
  //                    c = 0.5 · 2 + tanh(1) = 1.7615941560, n = 0.5 + 1
  //                    h = 0.5 · 1.7615941560 / 1.5 = 0.5871980520
  //     e^f, m' = 1    m = max(0 + 1, 0) = 1: e^(1 - 1) = 1, e^(0 - 1) = 0.3678794412
  //                    c = 2 + 0.3678794412 · 0.7615941560 = 2.2801748325, n = 1.3678794412
  //                    h = 0.5 · 2.2801748325 / 1.3678794412 = 0.8334706860
  //     n' = 0         m = 0: c = tanh(1), n = 1, h = 0.5 tanh(1) = 0.3807970780, whatever c' is
  @Test func `a step worked by hand`() {
    let sums: [Float] = [0, 0, 1, 0]
    let wanted: [([Float], [Float])] = [
      (
        step(sums, .sigmoid, cell: 2, normalizer: 1, stabilizer: 0),
        [0.5871980520, 1.7615941560, 1.5, 0]
      ),
      (
        step(sums, .exponential, cell: 2, normalizer: 1, stabilizer: 1),
        [0.8334706860, 2.2801748325, 1.3678794412, 1]
      ),
      (
        step(sums, .sigmoid, cell: 2, normalizer: 0, stabilizer: 5),
        [0.3807970780, 0.7615941560, 1, 0]
      ),
    ]
    for (got, want) in wanted {
      for (got, want) in zip(got, want) { #expect(abs(got - want) <= 3e-7) }
    }
  }

  // e^±1000 has no single-precision value; what the step gives is a quotient of such numbers.
  @Test func `sums whose exponentials have no value are no trouble`() {
    let tanh1: Float = 0.7615941560
    for input in [Float(1_000), -1_000] {
      let start = step([input, 0, 1, 0], .sigmoid, cell: 0, normalizer: 0, stabilizer: 0)
      #expect(abs(start[0] - 0.5 * tanh1) <= 1.2e-7 && start[3] == input)
    }
    // The new outweighs the old beyond measure, and the other way round.
    let new = step([1_000, 0, 1, 0], .sigmoid, cell: 2, normalizer: 1, stabilizer: 0)
    #expect(abs(new[0] - 0.5 * tanh1) <= 1.2e-7 && new[3] == 1_000)
    let old = step([-1_000, 0, 1, 0], .sigmoid, cell: 2, normalizer: 1, stabilizer: 0)
    #expect(abs(old[0] - 1) <= 1.2e-7)
    let longer = step([0, 1_000, 1, 0], .exponential, cell: 2, normalizer: 1, stabilizer: 0)
    #expect(abs(longer[0] - 1) <= 1.2e-7 && longer[3] == 1_000)
    let shut = step([-1_000, -2_000, 1, 0], .sigmoid, cell: 2, normalizer: 1, stabilizer: 0)
    #expect(abs(shut[0] - 0.5 * tanh1) <= 1.2e-7)
  }

  @Test func `a gradient from the start is finite however shut the input gate`() {
    let weights = RecurrentWeights(
      input: .zeros([4, 1]),
      recurrent: .zeros([4, 1]),
      bias: Tensor([-500, 0, 1, 0])
    )
    let gradient = valueWithGradient(at: SLSTMCell(weights)) { cell in
      cell(Tensor([1], shape: [1, 1]), state: cell.zeroState(batch: 1)).output.sum()
    }.gradient
    for tensor in gradient.tensors {
      #expect(tensor.elements.allSatisfy { $0.isFinite })
    }
    // h = σ(o) tanh(g): by g 0.5 (1 - tanh²(1)) = 0.2099871708, by o 0.25 tanh(1) = 0.1903985390.
    let bias = gradient.tensors[2].elements
    #expect(bias[..<2] == [0, 0])
    #expect(abs(bias[2] - 0.2099871708) <= 1e-6 && abs(bias[3] - 0.1903985390) <= 1e-6)
  }

  @Test func `parameters are listed in a fixed order`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = SLSTMCell(inputSize: 3, hiddenSize: 2, forgetBias: 3, using: &stream)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih"])
    #expect(cell.parameters.map(\.value.shape) == [[8, 3], [8, 2], [8]])
    #expect(cell.weights.bias == Tensor([0, 0, 3, 3, 0, 0, 0, 0]))
  }
}
