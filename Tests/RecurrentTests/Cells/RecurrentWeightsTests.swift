import Recurrent
import RecurrentTestSupport
import Testing

struct RecurrentWeightsTests {
  // One unit, one input. TensorFlow's columns are i, g, f, o; its rows the input, then the state.
  @Test func `TensorFlow's kernel is put in our order of gates`() {
    let kernel = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 4])
    let weights = RecurrentWeights(
      tensorFlowKernel: kernel,
      bias: Tensor([10, 20, 30, 40]),
      forgetBias: 1
    )
    #expect(weights.input == Tensor([1, 3, 2, 4], shape: [4, 1]))
    #expect(weights.recurrent == Tensor([5, 7, 6, 8], shape: [4, 1]))
    #expect(weights.bias == Tensor([10, 31, 20, 40]))
    let (again, bias) = weights.tensorFlowKernel(forgetBias: 1)
    #expect(again == kernel && bias == Tensor([10, 20, 30, 40]))
  }

  @Test func `weights know their sizes`() {
    let weights = RecurrentWeights(
      input: .zeros([12, 5]),
      recurrent: .zeros([12, 3]),
      bias: .zeros([12])
    )
    #expect(weights.inputSize == 5 && weights.hiddenSize == 3 && weights.gates == 4)
  }

  @Test func `shapes that do not agree trap and are all named`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrentWeights(input: .zeros([8, 5]), recurrent: .zeros([12, 3]), bias: .zeros([12]))
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self).contains(
        "recurrent weights need shapes [G * H, I], [G * H, H] and [G * H], got [8, 5], [12, 3]"
      )
    )
  }
}
