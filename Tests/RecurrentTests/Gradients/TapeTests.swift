import RecurrentTestSupport
import Testing

@testable import Recurrent

struct TapeTests {
  @Test func `a parameter that the loss does not use has a gradient of zeros`() {
    let parameters = [Tensor([1, 2]), Tensor([3, 4, 5])]
    let (value, gradient) = valueWithGradient(at: parameters) { $0[0].sum() }
    #expect(value == Tensor(3))
    #expect(gradient.tensors == [Tensor([1, 1]), .zeros([3])])
  }

  @Test func `a loss of constants has gradients of zeros`() {
    let (value, gradient) = valueWithGradient(at: Tensor([1, 2])) { _ in Tensor(7) }
    #expect(value == Tensor(7))
    #expect(gradient.tensors == [.zeros([2])])
  }

  @Test func `a loss that is a parameter has gradient one`() {
    let (value, gradient) = valueWithGradient(at: Tensor([5])) { $0 }
    #expect(value == Tensor([5]))
    #expect(gradient.tensors == [Tensor([1])])
  }

  @Test func `a tensor used several times adds up its gradients`() {
    // x³ + 2 x² - x at 3: the derivative 3 x² + 4 x - 1 is 38.
    let (value, gradient) = valueWithGradient(at: Tensor(3)) { x in x * x * x + 2 * (x * x) - x }
    #expect(value.scalar == 42)
    #expect(gradient.tensors[0].scalar == 38)
  }

  @Test func `a detached tensor is a constant`() {
    let gradient = valueWithGradient(at: Tensor(3)) { $0 * $0.detached }.gradient
    #expect(gradient.tensors[0].scalar == 3)
  }

  @Test func `an element that is written makes the tensor a constant`() {
    let gradient = valueWithGradient(at: Tensor([3, 4])) { x in
      var changed = x
      changed[0] = 10
      return (changed * x).sum()
    }.gradient
    #expect(gradient.tensors[0] == Tensor([10, 4]))
  }

  @Test func `a gradient does not depend on values computed and left unused`() {
    let gradient = valueWithGradient(at: Tensor([1, 2])) { x in
      _ = exp(x).sum()
      _ = x.split(into: 2, along: 0)
      return (x * x).sum()
    }.gradient
    #expect(gradient.tensors[0] == Tensor([2, 4]))
  }

  @Test func `a gradient inside a gradient is a computation of its own`() {
    let gradient = valueWithGradient(at: Tensor(2)) { x in
      let slope = valueWithGradient(at: x.detached) { $0 * $0 * $0 }.gradient.tensors[0]
      return slope * x
    }.gradient
    #expect(gradient.tensors[0].scalar == 12)
  }

  @Test func `an error thrown by the loss reaches the caller`() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try valueWithGradient(at: Tensor(1)) { _ in throw Stop() }
    }
  }

  @Test func `results do not remember how they were computed`() {
    let (value, gradient) = valueWithGradient(at: Tensor(3)) { $0 * $0 }
    #expect(value.node == nil && gradient.tensors[0].node == nil)
  }

  @Test func `a tape is freed when its gradient is known`() throws {
    var numbers = SeededNumbers(17)
    var stream = RandomStream(seed: 17, purpose: .testing)
    let layer = LSTM(inputSize: 3, hiddenSize: 5, using: &stream)
    let cell = Recurrence(LSTMCell(layer.weights))
    let input = numbers.tensor([2, 3, 3])
    for pass in 0..<1_000 {
      weak var tape: Tape?
      _ = valueWithGradient(at: layer) { layer in
        tape = layer.weights.bias.node?.tape
        #expect(tape != nil)
        return layer(input).output.sum()
      }
      #expect(tape == nil, "the fused layer's tape of pass \(pass)")
      guard pass < 50 else { continue }
      _ = valueWithGradient(at: cell) { cell in
        tape = cell.cell.weights.bias.node?.tape
        let output = cell(input).output.transposed().reshaped(to: [2, 15])
        let labels = [1, 2]
        return softmaxCrossEntropy(logits: log(exp(output)), labels: labels)
          + softmax(output).gathered(at: [0, 0]).mean() + (relu(output) / 2).sum(along: 0).sum()
      }
      #expect(tape == nil, "the unrolled cell's tape of pass \(pass)")
    }
  }

  @Test func `tensors of two computations cannot meet`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = valueWithGradient(at: Tensor(1)) { x in
        valueWithGradient(at: Tensor(2)) { $0 * x }.value
      }
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("tensors of two gradient computations cannot meet; use `detached` on one of them")
    )
  }
}
