import Recurrent
import RecurrentTestSupport
import Testing

struct GradientDescentTests {
  @Test func `plain descent remembers nothing but the number of steps`() {
    var parameter = Tensor([1, 2])
    var optimizer = GradientDescent(learningRate: 0.5)
    for _ in 0..<3 {
      optimizer.update(&parameter, with: Gradient(names: ["value"], tensors: [Tensor([1, 0])]))
    }
    #expect(optimizer.state == OptimizerState(step: 3))
    #expect(parameter == Tensor([-0.5, 2]))
  }

  @Test func `the first gradient is the first velocity, whatever the dampening`() {
    var parameter = Tensor([0])
    var optimizer = GradientDescent(learningRate: 1, momentum: 0.5, dampening: 0.75)
    let gradient = Gradient(names: ["value"], tensors: [Tensor([1])])
    optimizer.update(&parameter, with: gradient)
    #expect(parameter == Tensor([-1]))
    // v = 0.5 · 1 + 0.25 · 1
    optimizer.update(&parameter, with: gradient)
    #expect(parameter == Tensor([-1.75]))
    #expect(
      optimizer.state.entries
        == [OptimizerState.Entry(name: "value/momentum_buffer", value: Tensor([0.75]))]
    )
  }

  @Test func `Nesterov's momentum with dampening traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = GradientDescent(learningRate: 1, momentum: 0.9, dampening: 0.1, isNesterov: true)
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
