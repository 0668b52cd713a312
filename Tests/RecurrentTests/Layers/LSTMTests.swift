import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct LSTMTests {
  static let cases = [
    LayerCase(batch: 1, steps: 1, inputSize: 1, hiddenSize: 1),
    LayerCase(batch: 2, steps: 3, inputSize: 4, hiddenSize: 5),
    LayerCase(batch: 7, steps: 4, inputSize: 2, hiddenSize: 3, seed: 2),
    LayerCase(batch: 3, steps: 2, inputSize: 1, hiddenSize: 17, seed: 3),
  ]
  // Large batches take few steps at a time for the weights' gradients: with 130 rows one.
  static let shapes =
    (1...36).map { LayerCase.random(seed: $0) } + [
      LayerCase(batch: 40, steps: 7, inputSize: 3, hiddenSize: 5, seed: 37),
      LayerCase(batch: 45, steps: 6, inputSize: 2, hiddenSize: 17, hasState: false, seed: 38),
      LayerCase(batch: 130, steps: 3, inputSize: 3, hiddenSize: 4, seed: 39),
      LayerCase(batch: 129, steps: 2, inputSize: 1, hiddenSize: 6, hasState: false, seed: 40),
    ]

  private func run(_ tensors: [Tensor]) -> [Tensor] {
    let state = tensors.count > 4 ? LSTM.State(hidden: tensors[4], cell: tensors[5]) : nil
    let (output, last) = LSTM(RecurrentWeights(tensors))(tensors[0], state: state)
    return [output, last.hidden, last.cell]
  }

  private func unrolled(_ tensors: [Tensor]) -> [Tensor] {
    let state = tensors.count > 4 ? LSTM.State(hidden: tensors[4], cell: tensors[5]) : nil
    let (output, last) = Recurrence(LSTMCell(RecurrentWeights(tensors)))(tensors[0], state: state)
    return [output, last.hidden, last.cell]
  }

  private func reference(_ point: [[Double]], _ shape: LayerCase) -> [[Double]] {
    let (input, weights, states) = shape.unpacked(point)
    let zeros = [[Double]](
      repeating: [Double](repeating: 0, count: shape.hiddenSize),
      count: shape.batch
    )
    let result = Reference.lstm(
      input,
      weights,
      hidden: states.first ?? zeros,
      cell: states.last ?? zeros
    )
    return [
      result.outputs.flatMap { $0.flatMap(\.self) }, result.hidden.flatMap(\.self),
      result.cell.flatMap(\.self),
    ]
  }

  @Test(arguments: cases, [true, false])
  func `outputs, states and every gradient follow the equations`(shape: LayerCase, hasState: Bool) {
    let tensors = shape.tensors(gates: 4, states: hasState ? 2 : 0)
    let points = tensors.map(\.elements)
    let want = reference(points.map { $0.map(Double.init) }, shape)
    // Activations are good to 2 ulp and sums are short.
    for (got, want) in zip(run(tensors), want) {
      #expect(mismatch(got.elements, want, tolerance: 1e-6) == nil)
    }
    let gradient = valueWithGradient(at: tensors) { shape.weightedSum(run($0)) }.gradient
    let names = ["input", "weight_ih", "weight_hh", "bias", "hidden", "cell"]
    let problems = gradientMismatches(
      gradient.tensors.map(\.elements),
      names: names,
      at: points
    ) { shape.weightedSum(reference($0, shape)) }
    #expect(problems == [])
  }

  // Both take the same sums in other orders: some hundred products of numbers around 1, each
  // rounded to 6e-8 of its size, and gradients over up to seven steps.
  @Test(arguments: shapes)
  func `the fused layer agrees with the unrolled cell`(shape: LayerCase) {
    let tensors = shape.tensors(gates: 4, states: shape.hasState ? 2 : 0)
    for (got, want) in zip(run(tensors), unrolled(tensors)) {
      #expect(got.shape == want.shape)
      #expect(mismatch(got.elements, want.elements, tolerance: 2e-6) == nil)
    }
    let fused = valueWithGradient(at: tensors) { shape.weightedSum(run($0)) }
    let plain = valueWithGradient(at: tensors) { shape.weightedSum(unrolled($0)) }
    for (got, want) in zip(fused.gradient.tensors, plain.gradient.tensors) {
      #expect(got.shape == want.shape)
      #expect(mismatch(got.elements, want.elements, tolerance: 1e-5) == nil)
    }
  }

  @Test(arguments: [1, 5, 9, 10, 12])
  func `a missing state equals a zero state`(seed: UInt64) {
    let shape = LayerCase.random(seed: seed)
    let tensors = shape.tensors(gates: 4, states: 0)
    let zeros = [Tensor](repeating: .zeros([shape.batch, shape.hiddenSize]), count: 2)
    let missing = valueWithGradient(at: tensors) { shape.weightedSum(run($0)) }
    let given = valueWithGradient(at: tensors) { shape.weightedSum(run($0 + zeros)) }
    let tracked = valueWithGradient(at: tensors + zeros) { shape.weightedSum(run($0)) }
    for (a, b) in zip(run(tensors), run(tensors + zeros)) {
      #expect(haveSameBits(a.elements, b.elements))
    }
    for (index, tensor) in missing.gradient.tensors.enumerated() {
      #expect(haveSameBits(tensor.elements, given.gradient.tensors[index].elements))
      #expect(haveSameBits(tensor.elements, tracked.gradient.tensors[index].elements))
    }
  }

  @Test func `a state that is only partly zero is used`() {
    let shape = LayerCase(batch: 2, steps: 2, inputSize: 3, hiddenSize: 4)
    let tensors = shape.tensors(gates: 4, states: 2)
    let zero = Tensor.zeros([2, 4])
    for states in [[tensors[4], zero], [zero, tensors[5]]] {
      let all = Array(tensors[..<4]) + states
      let want = reference(all.map { $0.elements.map(Double.init) }, shape)
      for (got, want) in zip(run(all), want) {
        #expect(mismatch(got.elements, want, tolerance: 1e-6) == nil)
      }
      let gradient = valueWithGradient(at: all) { shape.weightedSum(run($0)) }.gradient
      let problems = gradientMismatches(
        gradient.tensors.map(\.elements),
        at: all.map(\.elements)
      ) { shape.weightedSum(reference($0, shape)) }
      #expect(problems == [])
    }
  }

  // The bits must agree, as every sum has an order fixed by the layer's sizes.
  @Test(arguments: [2, 4, 8, 11])
  func `each row of a batch is that row by itself`(seed: UInt64) {
    var shape = LayerCase.random(seed: seed)
    shape.batch = 8
    let tensors = shape.tensors(gates: 4, states: 2)
    let whole = run(tensors)
    for row in 0..<shape.batch {
      let own = tensors.enumerated().map {
        (1...3).contains($0) ? $1 : $1.slice(row..<row + 1, along: 0)
      }
      for (alone, all) in zip(run(own), whole) {
        #expect(haveSameBits(alone.elements, all.slice(at: row, along: 0).elements))
      }
    }
  }

  @Test func `the sequence in two halves, with the state between, is the whole sequence`() {
    let shape = LayerCase(batch: 3, steps: 6, inputSize: 4, hiddenSize: 18)
    let tensors = shape.tensors(gates: 4, states: 2)
    let layer = LSTM(RecurrentWeights(tensors))
    let state = LSTM.State(hidden: tensors[4], cell: tensors[5])
    let whole = layer(tensors[0], state: state)
    let first = layer(tensors[0].slice(0..<2, along: 1), state: state)
    let second = layer(tensors[0].slice(2..<6, along: 1), state: first.state)
    let joined = Tensor.concatenated([first.output, second.output], along: 1)
    #expect(haveSameBits(joined.elements, whole.output.elements))
    #expect(haveSameBits(second.state.hidden.elements, whole.state.hidden.elements))
    #expect(haveSameBits(second.state.cell.elements, whole.state.cell.elements))
  }

  @Test func `gradients of the final cell state alone reach everything`() {
    let shape = LayerCase(batch: 2, steps: 3, inputSize: 2, hiddenSize: 3, seed: 6)
    let tensors = shape.tensors(gates: 4, states: 2)
    let gradient = valueWithGradient(at: tensors) { run($0)[2].sum() }.gradient
    let problems = gradientMismatches(
      gradient.tensors.map(\.elements),
      at: tensors.map(\.elements)
    ) { reference($0, shape)[2].reduce(0, +) }
    #expect(problems == [])
  }

  @Test(arguments: 0..<6)
  func `the gradient of one tensor alone is that among all`(index: Int) {
    let shape = LayerCase(batch: 3, steps: 4, inputSize: 5, hiddenSize: 18, seed: 7)
    let tensors = shape.tensors(gates: 4, states: 2)
    let all = valueWithGradient(at: tensors) { shape.weightedSum(run($0)) }.gradient
    let alone = valueWithGradient(at: tensors[index]) { tensor in
      var inputs = tensors
      inputs[index] = tensor
      return shape.weightedSum(run(inputs))
    }.gradient
    #expect(haveSameBits(alone.tensors[0].elements, all.tensors[index].elements))
  }

  @Test func `parameters have PyTorch's names`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let layer = LSTM(inputSize: 3, hiddenSize: 5, using: &stream)
    #expect(layer.parameters.map(\.name) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"])
    #expect(layer.parameters.map(\.value.shape) == [[20, 3], [20, 5], [20]])
    #expect(layer.inputSize == 3 && layer.hiddenSize == 5)
  }

  @Test func `an input of another size traps and says both shapes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var stream = RandomStream(seed: 1, purpose: .testing)
      _ = LSTM(inputSize: 3, hiddenSize: 5, using: &stream)(.zeros([2, 4, 6]))
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("LSTM needs an input of shape [batch, time, 3], got [2, 4, 6]")
    )
  }

  @Test func `a state of another batch traps and says both shapes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var stream = RandomStream(seed: 1, purpose: .testing)
      let state = LSTM.State(hidden: .zeros([2, 5]), cell: .zeros([1, 5]))
      _ = LSTM(inputSize: 3, hiddenSize: 5, using: &stream)(.zeros([2, 4, 3]), state: state)
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("LSTM needs states of shape [2, 5], got [1, 5]")
    )
  }
}
