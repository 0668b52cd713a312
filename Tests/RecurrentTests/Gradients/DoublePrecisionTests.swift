import RecurrentTestSupport
import Testing

@testable import Recurrent

struct DoublePrecisionTests {
  /// An operation on tensors of these shapes.
  struct Operation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shapes: [Shape]
    let apply: @Sendable ([Tensor]) -> Tensor

    init(_ name: String, _ shapes: Shape..., apply: @escaping @Sendable ([Tensor]) -> Tensor) {
      testDescription = name
      self.shapes = shapes
      self.apply = apply
    }
  }

  static let operations = [
    Operation("+", [3, 4], [4]) { $0[0] + $0[1] },
    Operation("-", [4], [2, 3, 1]) { $0[0] - $0[1] },
    Operation("*", [3, 1], [1, 4]) { $0[0] * $0[1] },
    Operation("/", [3, 4], [3, 4]) { $0[0] / $0[1] },
    Operation("negation", [5]) { -$0[0] },
    Operation("1 - x", [2, 3]) { 1 - $0[0] },
    Operation("sigmoid", [3, 7]) { sigmoid($0[0]) },
    Operation("tanh", [20]) { tanh($0[0]) },
    Operation("relu", [4, 5]) { relu($0[0] - 1.2) },
    Operation("exp", [3]) { exp($0[0]) },
    Operation("log", [3, 3]) { log($0[0]) },
    Operation("matmul", [2, 3, 4], [4, 5]) { matmul($0[0], $0[1]) },
    Operation("matmul, transposed", [3, 4], [20, 4]) {
      matmul($0[0], $0[1], transposingSecond: true)
    },
    Operation("matmul by one matrix, both ways", [4, 4], [4, 4]) {
      matmul(matmul($0[0], $0[1], transposingSecond: true), $0[1])
    },
    Operation("sum", [2, 3]) { $0[0].sum() },
    Operation("mean", [7]) { $0[0].mean() },
    Operation("sum along an axis", [2, 3, 4]) { $0[0].sum(along: 1) },
    Operation("mean along an axis", [2, 3]) { $0[0].mean(along: 0) },
    Operation("reshaped", [2, 6]) { $0[0].reshaped(to: [3, 4]) },
    Operation("transposed", [2, 3, 4]) { $0[0].transposed() },
    Operation("slice", [3, 5, 2]) { $0[0].slice(1..<4, along: 1) },
    Operation("slice at", [3, 5, 2]) { $0[0].slice(at: 2, along: 1) },
    Operation("split", [2, 6]) {
      let parts = $0[0].split(into: 3, along: 1)
      return parts[0] * parts[2]
    },
    Operation("gathered", [4, 2]) { $0[0].gathered(at: [3, 0, 3], along: 0) },
    Operation("concatenated", [2, 3], [2, 1]) { .concatenated($0, along: 1) },
    Operation("stacked", [2, 3], [2, 3]) { .stacked($0, along: 1) },
    Operation("cleared", [2, 3, 2]) { $0[0].cleared(past: [3, 1]) },
    Operation("softmax", [2, 3, 4]) { softmax($0[0]) },
    Operation("softmaxCrossEntropy", [3, 4]) {
      softmaxCrossEntropy(logits: $0[0], labels: [2, 0, 3])
    },
    Operation("softmaxCrossEntropy, smoothed, weighted and with an ignored label", [3, 4]) {
      softmaxCrossEntropy(
        logits: $0[0],
        labels: [2, 9, 3],
        labelSmoothing: 0.2,
        classWeights: [1, 2, 0.5, 1.5],
        ignoredLabel: 9
      )
    },
    Operation("normalized", [3, 5]) { $0[0].normalized(epsilon: 1e-5) },
    Operation("logSigmoid", [3, 5]) { logSigmoid($0[0] - 1.2) },
    Operation("binaryCrossEntropy", [3]) {
      binaryCrossEntropy(logits: $0[0], targets: Tensor([0, 0.25, 1]))
    },
    Operation("huberLoss", [3, 2], [3, 2]) { huberLoss($0[0], $0[1], delta: 0.7) },
    Operation("meanAbsoluteError", [3, 2], [3, 2]) { meanAbsoluteError($0[0], $0[1]) },
    Operation("meanSquaredError", [3, 2], [3, 2]) { meanSquaredError($0[0], $0[1]) },
  ]

  /// Numbers where every operation is smooth.
  private func inputs(of operation: Operation) -> [Tensor] {
    var numbers = SeededNumbers(20)
    return operation.shapes.map { numbers.tensor($0, in: 0.5...2) }
  }

  // Single precision rounds each of some ten steps to 6e-8 of its size.
  @Test(arguments: operations)
  func `an operation gives in double what it gives in single precision`(operation: Operation) {
    let inputs = inputs(of: operation)
    let single = operation.apply(inputs)
    let exact = operation.apply(inputs.inDoublePrecision)
    #expect(exact.isDoublePrecision && !single.isDoublePrecision)
    #expect(exact.shape == single.shape)
    #expect(mismatch(single.elements, exact.doubleElements, tolerance: 1e-6) == nil)
    #expect(exact.elements == exact.doubleElements.map(Float.init))
  }

  @Test(arguments: operations)
  func `a gradient in double agrees with differences, and that in single with it`(
    operation: Operation
  ) {
    let inputs = inputs(of: operation)
    var numbers = SeededNumbers(21)
    let weights = numbers.tensor(operation.apply(inputs).shape)
    let report = checkGradients(of: inputs) { (operation.apply($0) * weights).sum() }
    #expect(report.passes, "\(report)")
    #expect(report.parameters.map(\.shape) == operation.shapes)
    #expect(report.parameters.allSatisfy { $0.comparedCount == $0.shape.count })
  }

  @Test func `one operand in double precision is enough`() {
    let third = Tensor(doublePrecision: [1 / 3.0], shape: [1])
    for mixed in [third * 3, 3 * third] { #expect(mixed.doubleElements == [1]) }
    let sum = Tensor.concatenated([third, Tensor([1])], along: 0)
    #expect(sum.doubleElements == [1 / 3.0, 1])
    #expect(matmul(Tensor([3]), third.reshaped(to: [1, 1])).doubleElements == [1])
  }

  @Test func `a float becomes the double of the same value, and stays on the tape`() {
    let x = Tensor([0.1, 2])
    #expect(x.inDoublePrecision.doubleElements == [Double(Float(0.1)), 2])
    let gradient = valueWithGradient(at: x) { ($0.inDoublePrecision * $0).sum() }.gradient
    #expect(gradient.tensors[0].doubleElements == [2 * Double(Float(0.1)), 4])
  }

  @Test func `a tensor in double precision that is written to becomes one of floats`() {
    var x = Tensor(doublePrecision: [1 / 3.0, 2], shape: [2])
    let copy = x
    x[1] = 5
    #expect(!x.isDoublePrecision && x.elements == [1 / 3, 5])
    #expect(copy.doubleElements == [1 / 3.0, 2])
    #expect(x != copy && copy == Tensor(doublePrecision: [1 / 3.0, 2], shape: [2]))
    #expect(copy != Tensor([1 / 3, 2]))
  }

  // The reference takes the same sums in its own order, each rounded to 1e-16 of its size.
  @Test(arguments: [1, 2, 3, 7, 10] as [UInt64])
  func `a layer in double precision follows its equations`(seed: UInt64) throws {
    let shape = LayerCase.random(seed: seed)
    let tensors = shape.tensors(gates: 4, states: 2)
    let layer = LSTM(RecurrentWeights(tensors)).inDoublePrecision
    let state = LSTM.State(hidden: tensors[4], cell: tensors[5])
    let (output, last) = layer(tensors[0], state: state)
    let (input, weights, states) = shape.unpacked(tensors.map(\.doubleElements))
    let want = Reference.lstm(input, weights, hidden: states[0], cell: states[1])
    for (got, want) in [
      (output, want.outputs.flatMap { $0.flatMap(\.self) }),
      (last.hidden, want.hidden.flatMap(\.self)), (last.cell, want.cell.flatMap(\.self)),
    ] {
      let distance = zip(got.doubleElements, want).map { abs($0 - $1) }.max()
      #expect(try #require(distance) < 1e-13)
    }
  }

  @Test(arguments: [RNNCell.Activation.tanh, .relu])
  func `a simple layer in double precision gives what it gives in single`(
    activation: RNNCell.Activation
  ) {
    let tensors = LayerCase(batch: 2, steps: 3, inputSize: 4, hiddenSize: 5)
      .tensors(gates: 1, states: 1)
    let layer = RNN(RecurrentWeights(tensors), activation: activation)
    let single = layer(tensors[0], state: tensors[4])
    let exact = layer.inDoublePrecision(tensors[0], state: tensors[4])
    for (single, exact) in [(single.output, exact.output), (single.state, exact.state)] {
      #expect(exact.isDoublePrecision)
      #expect(mismatch(single.elements, exact.doubleElements, tolerance: 1e-6) == nil)
    }
  }
}
