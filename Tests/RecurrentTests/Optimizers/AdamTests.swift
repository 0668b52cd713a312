import Recurrent
import RecurrentTestSupport
import Testing

struct AdamTests {
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
}
