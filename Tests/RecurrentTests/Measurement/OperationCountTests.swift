import Testing

@testable import Recurrent

struct OperationCountTests {
  @Test func `one layer's operations are those counted by hand`() {
    // Batch 2, 3 steps of 5, 4 gates of 7 units: a step's gates are 2 * 28 = 56 numbers, each a sum
    // of 5 products with the input and 7 with the state: 280 and 392 multiply-adds.
    let layer = OperationCount.Layer(gates: 4, inputSize: 5, hiddenSize: 7)
    let count = OperationCount(layers: [layer], batch: 2, steps: 3)
    // The input 3 times, the state 2 times, for step 1 begins from zeros.
    #expect(count.forward == 2 * (280 * 3 + 392 * 2))
    // As many again for the weights' gradients, and for the states', but not for the data's.
    #expect(count.training == 2 * (280 * 3 * 2 + 392 * 2 * 3))
  }

  @Test func `the notebook's step has 1.56 billion operations`() {
    let layer = OperationCount.Layer(gates: 4, inputSize: 28, hiddenSize: 128)
    let count = OperationCount(layers: [layer], batch: 128, steps: 28)
    #expect(count.forward == 131_072 * (28 * 28 + 128 * 27))
    #expect(count.training == 131_072 * (2 * 28 * 28 + 3 * 128 * 27))
  }

  @Test func `a second layer hands a gradient on to the first`() {
    var layers = [
      OperationCount.Layer(gates: 1, inputSize: 2, hiddenSize: 3),
      OperationCount.Layer(gates: 1, inputSize: 3, hiddenSize: 4),
    ]
    layers[1].isAboveAnother = true
    let both = OperationCount(layers: layers, batch: 1, steps: 1)
    // A single step meets no state but zeros: only the inputs' products, 2 * 3 and 3 * 4.
    #expect(both.forward == 2 * (6 + 12))
    #expect(both.training == 2 * (6 * 2 + 12 * 3))
  }

  @Test func `layers are counted by what their cells multiply`() throws {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let projected = LSTM(
      inputSize: 3,
      hiddenSize: 5,
      options: LSTMCell.Options(projectionSize: 2),
      using: &stream
    )
    let both = Bidirectional(
      forward: GRU(inputSize: 2, hiddenSize: 4, convention: .resetBefore, using: &stream),
      backward: GRU(inputSize: 2, hiddenSize: 4, convention: .resetBefore, using: &stream)
    )
    let last = MinGRU(inputSize: 8, hiddenSize: 7, using: &stream)
    let model = SequenceModel(
      layers: [projected, both, last],
      head: Dense(inputSize: 7, outputSize: 2, using: &stream)
    )
    let layers = try #require(OperationCount.layers(of: model))
    #expect(layers.map(\.input) == [4 * 3 * 5, 3 * 2 * 4, 3 * 2 * 4, 2 * 8 * 7])
    // Two products with the state beside the second product of r h; none in a minimal unit.
    #expect(layers.map(\.state) == [4 * 2 * 5, 3 * 4 * 4, 3 * 4 * 4, 0])
    #expect(layers.map(\.projection) == [2 * 5, 0, 0, 0])
    #expect(layers.map(\.isAboveAnother) == [false, true, true, true])
  }

  @Test func `a cell of one's own cannot be counted`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = RNNCell(inputSize: 2, hiddenSize: 3, using: &stream)
    let model = SequenceModel(
      layers: [Recurrence(cell)],
      head: Dense(inputSize: 3, outputSize: 2, using: &stream)
    )
    #expect(OperationCount.layers(of: model) == nil)
  }
}
