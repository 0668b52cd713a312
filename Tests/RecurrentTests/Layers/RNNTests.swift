import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct RNNTests {
  static let activations = [RNNCell.Activation.tanh, .relu]
  static let cases = [
    LayerCase(batch: 1, steps: 1, inputSize: 1, hiddenSize: 1),
    LayerCase(batch: 2, steps: 3, inputSize: 4, hiddenSize: 5),
    LayerCase(batch: 8, steps: 5, inputSize: 2, hiddenSize: 3, seed: 2),
    LayerCase(batch: 2, steps: 2, inputSize: 2, hiddenSize: 17, seed: 3),
  ]
  // Large batches take few steps at a time for the weights' gradients: with 130 rows one.
  static let shapes =
    (41...64).map { LayerCase.random(seed: $0) } + [
      LayerCase(batch: 45, steps: 6, inputSize: 2, hiddenSize: 17, seed: 65),
      LayerCase(batch: 130, steps: 3, inputSize: 3, hiddenSize: 4, hasState: false, seed: 66),
    ]

  private func run(_ tensors: [Tensor], _ activation: RNNCell.Activation) -> [Tensor] {
    let layer = RNN(RecurrentWeights(tensors), activation: activation)
    let (output, last) = layer(tensors[0], state: tensors.count > 4 ? tensors[4] : nil)
    return [output, last]
  }

  private func unrolled(_ tensors: [Tensor], _ activation: RNNCell.Activation) -> [Tensor] {
    let cell = RNNCell(RecurrentWeights(tensors), activation: activation)
    let (output, last) = Recurrence(cell)(tensors[0], state: tensors.count > 4 ? tensors[4] : nil)
    return [output, last]
  }

  private func reference(
    _ point: [[Double]],
    _ shape: LayerCase,
    _ activation: RNNCell.Activation
  ) -> [[Double]] {
    let (input, weights, states) = shape.unpacked(point)
    let zeros = [[Double]](
      repeating: [Double](repeating: 0, count: shape.hiddenSize),
      count: shape.batch
    )
    let result = Reference.rnn(
      input,
      weights,
      hidden: states.first ?? zeros,
      activation: activation == .tanh ? { Foundation.tanh($0) } : Reference.relu
    )
    return [result.outputs.flatMap { $0.flatMap(\.self) }, result.hidden.flatMap(\.self)]
  }

  @Test(arguments: cases, activations)
  func `outputs, state and every gradient follow the equations`(
    shape: LayerCase,
    activation: RNNCell.Activation
  ) {
    for states in 0...1 {
      let tensors = shape.tensors(gates: 1, states: states)
      let points = tensors.map(\.elements)
      let want = reference(points.map { $0.map(Double.init) }, shape, activation)
      // Activations are good to 2 ulp and sums are short.
      for (got, want) in zip(run(tensors, activation), want) {
        #expect(mismatch(got.elements, want, tolerance: 1e-6) == nil)
      }
      let gradient = valueWithGradient(at: tensors) {
        shape.weightedSum(run($0, activation))
      }.gradient
      let problems = gradientMismatches(
        gradient.tensors.map(\.elements),
        names: ["input", "weight_ih", "weight_hh", "bias", "hidden"],
        at: points
      ) { shape.weightedSum(reference($0, shape, activation)) }
      #expect(problems == [])
    }
  }

  // Both take the same sums in other orders: some hundred products of numbers around 1, each
  // rounded to 6e-8 of its size, and gradients over up to seven steps.
  @Test(arguments: shapes, activations)
  func `the fused layer agrees with the unrolled cell`(
    shape: LayerCase,
    activation: RNNCell.Activation
  ) {
    let tensors = shape.tensors(gates: 1, states: shape.hasState ? 1 : 0)
    for (got, want) in zip(run(tensors, activation), unrolled(tensors, activation)) {
      #expect(got.shape == want.shape)
      #expect(mismatch(got.elements, want.elements, tolerance: 2e-6) == nil)
    }
    let fused = valueWithGradient(at: tensors) { shape.weightedSum(run($0, activation)) }
    let plain = valueWithGradient(at: tensors) { shape.weightedSum(unrolled($0, activation)) }
    for (got, want) in zip(fused.gradient.tensors, plain.gradient.tensors) {
      #expect(got.shape == want.shape)
      #expect(mismatch(got.elements, want.elements, tolerance: 1e-5) == nil)
    }
  }

  @Test(arguments: [1, 5, 9, 10], activations)
  func `a missing state equals a zero state`(seed: UInt64, activation: RNNCell.Activation) {
    let shape = LayerCase.random(seed: seed)
    let tensors = shape.tensors(gates: 1, states: 0)
    let zeros = [Tensor.zeros([shape.batch, shape.hiddenSize])]
    let missing = valueWithGradient(at: tensors) { shape.weightedSum(run($0, activation)) }
    let given = valueWithGradient(at: tensors + zeros) { shape.weightedSum(run($0, activation)) }
    for (a, b) in zip(run(tensors, activation), run(tensors + zeros, activation)) {
      #expect(haveSameBits(a.elements, b.elements))
    }
    for (a, b) in zip(missing.gradient.tensors, given.gradient.tensors) {
      #expect(haveSameBits(a.elements, b.elements))
    }
  }

  // The bits must agree, as every sum has an order fixed by the layer's sizes.
  @Test(arguments: [2, 4, 8, 11])
  func `each row of a batch is that row by itself`(seed: UInt64) {
    var shape = LayerCase.random(seed: seed)
    shape.batch = 8
    let tensors = shape.tensors(gates: 1, states: 1)
    let whole = run(tensors, .tanh)
    for row in 0..<shape.batch {
      let own = tensors.enumerated().map {
        (1...3).contains($0) ? $1 : $1.slice(row..<row + 1, along: 0)
      }
      for (alone, all) in zip(run(own, .tanh), whole) {
        #expect(haveSameBits(alone.elements, all.slice(at: row, along: 0).elements))
      }
    }
  }

  @Test func `parameters have PyTorch's names`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let layer = RNN(inputSize: 3, hiddenSize: 5, activation: .relu, using: &stream)
    #expect(layer.parameters.map(\.name) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"])
    #expect(layer.parameters.map(\.value.shape) == [[5, 3], [5, 5], [5]])
    #expect(layer.activation == .relu)
  }

  @Test func `no number in gives no number out`() {
    let weights = RecurrentWeights(
      input: Tensor([1], shape: [1, 1]),
      recurrent: Tensor([1], shape: [1, 1]),
      bias: Tensor([0])
    )
    for activation in Self.activations {
      let output = RNN(weights, activation: activation).outputs(Tensor([.nan], shape: [1, 1, 1]))
      #expect(output.scalar.isNaN)
    }
  }
}
