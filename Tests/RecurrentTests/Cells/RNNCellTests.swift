import Recurrent
import RecurrentTestSupport
import Testing

struct RNNCellTests {
  // One unit: z = 2 · 1 - 3 · 0.5 + 0.25 = 0.75; tanh(0.75) = 0.6351489524.
  private let weights = RecurrentWeights(
    input: Tensor([2], shape: [1, 1]),
    recurrent: Tensor([-3], shape: [1, 1]),
    bias: Tensor([0.25])
  )

  @Test func `a step worked by hand`() {
    let x = Tensor([1], shape: [1, 1])
    let h = Tensor([0.5], shape: [1, 1])
    let (output, state) = RNNCell(weights)(x, state: h)
    // z is exact; the activation is good to 2 ulp of 6e-8.
    #expect(abs(output.scalar - 0.6351489524) <= 1.2e-7)
    #expect(state == output)
    #expect(RNNCell(weights, activation: .relu)(x, state: h).output.scalar == 0.75)
    #expect(RNNCell(weights, activation: .relu)(-x, state: h).output.scalar == 0)
  }

  @Test func `the zero state is zeros`() {
    #expect(RNNCell(weights).zeroState(batch: 3) == .zeros([3, 1]))
  }
}
