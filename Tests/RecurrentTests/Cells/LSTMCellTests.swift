import Recurrent
import RecurrentTestSupport
import Testing

struct LSTMCellTests {
  // One unit, one input, worked by hand. x = 1, h' = 0.5, c' = 2.
  //
  //     i: 0.1 · 1 + 0.2 · 0.5 - 0.2 = 0        σ(0) = 0.5
  //     f: 1 · 1 + 2 · 0.5 - 2 = 0              σ(0) = 0.5
  //     g: 0.5 · 1 + 1 · 0.5 - 1 = 0            tanh(0) = 0
  //     o: 1 · 1 - 2 · 0.5 + 0 = 0              σ(0) = 0.5
  //     c = 0.5 · 2 + 0.5 · 0 = 1,  h = 0.5 · tanh(1) = 0.5 · 0.7615941560 = 0.3807970780
  //
  // And one step more with x = 0: z = h' times the recurrent weights, plus the bias.
  //
  //     i: 0.0761594156 - 0.2 = -0.1238405844   σ = 0.4690793616
  //     f: 0.7615941560 - 2 = -1.2384058440     σ = 0.2247135935
  //     g: 0.3807970780 - 1 = -0.6192029220     tanh = -0.5505728129
  //     o: -0.7615941560                        σ = 0.3183002578
  //     c = 0.2247136 - 0.4690794 · 0.5505728 = -0.0335487501
  //     h = 0.3183003 · tanh(-0.0335488) = -0.0106745713
  private let weights = RecurrentWeights(
    input: Tensor([0.1, 1, 0.5, 1], shape: [4, 1]),
    recurrent: Tensor([0.2, 2, 1, -2], shape: [4, 1]),
    bias: Tensor([-0.2, -2, -1, 0])
  )

  @Test func `a step worked by hand`() {
    let cell = LSTMCell(weights)
    let start = LSTMCell.State(
      hidden: Tensor([0.5], shape: [1, 1]),
      cell: Tensor([2], shape: [1, 1])
    )
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: start)
    // The sums above cancel but for the rounding of 0.1 and 0.2: 3e-8, and 6e-8 for each result.
    #expect(abs(state.cell.scalar - 1) <= 2e-7)
    #expect(abs(output.scalar - 0.3807970780) <= 2e-7)
    #expect(state.hidden == output)
    let (next, last) = cell(Tensor([0], shape: [1, 1]), state: state)
    #expect(abs(last.cell.scalar - handWorked.cell) <= 2e-7)
    #expect(abs(next.scalar - handWorked.hidden) <= 2e-7)
  }

  @Test func `two steps of the layer worked by hand`() {
    let start = LSTM.State(hidden: Tensor([0.5], shape: [1, 1]), cell: Tensor([2], shape: [1, 1]))
    let (output, state) = LSTM(weights)(Tensor([1, 0], shape: [1, 2, 1]), state: start)
    #expect(abs(output[0, 0, 0] - 0.3807970780) <= 2e-7)
    #expect(abs(output[0, 1, 0] - handWorked.hidden) <= 2e-7)
    #expect(abs(state.cell.scalar - handWorked.cell) <= 2e-7)
  }

  private let handWorked: (cell: Float, hidden: Float) = (-0.0335487501, -0.0106745713)

  @Test func `the zero state is zeros`() {
    let state = LSTMCell(weights).zeroState(batch: 3)
    #expect(state.hidden == .zeros([3, 1]) && state.cell == .zeros([3, 1]))
  }

  @Test func `weights of another number of gates trap`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMCell(
        RecurrentWeights(input: .zeros([6, 2]), recurrent: .zeros([6, 2]), bias: .zeros([6]))
      )
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("an LSTM cell has four gates, the weights have 3")
    )
  }
}
