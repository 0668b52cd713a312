import Recurrent
import RecurrentTestSupport
import Testing

struct RecurrenceTests {
  /// A cell of a program's own: h = x + w h'.
  private struct Leaky: Cell {
    var weight: Tensor
    var inputSize: Int { 2 }
    var hiddenSize: Int { 2 }

    func zeroState(batch: Int) -> Tensor { .zeros([batch, 2]) }

    func callAsFunction(_ input: Tensor, state: Tensor) -> (output: Tensor, state: Tensor) {
      let h = input + weight * state
      return (h, h)
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try visit("weight", &weight)
    }
  }

  // One row, w = [2, 0.5]: h1 = [1, 2], h2 = [3, 4] + w h1 = [5, 5], h3 = [0, 1] + w h2 = [10, 3.5];
  // d sum(h3) / dw = h2 + w h1 = [5, 5] + [2, 1].
  @Test func `a cell of one's own is run and differentiated`() {
    let recurrence = Recurrence(Leaky(weight: Tensor([2, 0.5])))
    let input = Tensor([1, 2, 3, 4, 0, 1], shape: [1, 3, 2])
    let (output, state) = recurrence(input)
    #expect(output == Tensor([1, 2, 5, 5, 10, 3.5], shape: [1, 3, 2]))
    #expect(state == Tensor([10, 3.5], shape: [1, 2]))
    let gradient = valueWithGradient(at: recurrence) { $0(input).state.sum() }.gradient
    #expect(gradient.names == ["weight"])
    #expect(gradient.tensors == [Tensor([7, 6])])
    let given = recurrence(input, state: .zeros([1, 2]))
    #expect(given.output == output)
  }

  @Test func `a layer of one's own takes part in a model, and is trained`() throws {
    var stream = RandomStream(seed: 80, purpose: .testing)
    let model = SequenceModel(
      layers: [
        Recurrence(Leaky(weight: Tensor([0.5, 0.5]))),
        LSTM(inputSize: 2, hiddenSize: 4, using: &stream),
      ],
      head: Dense(inputSize: 4, outputSize: 3, using: &stream)
    )
    #expect(
      model.parameters.map(\.name) == [
        "layers.0.weight", "lstm.weight_ih_l1", "lstm.weight_hh_l1", "lstm.bias_ih_l1",
        "head.weight", "head.bias",
      ]
    )
    let dataset = SequenceDataset.random(count: 20, features: 2)
    let trainer = Trainer(
      model,
      optimizer: Adam(learningRate: 0.05),
      options: TrainingOptions(batchSize: 20, threads: 2)
    )
    let first = try trainer.trainBatch(on: dataset, at: 0..<20)
    for _ in 0..<30 { try trainer.trainBatch(on: dataset, at: 0..<20) }
    #expect(try trainer.trainBatch(on: dataset, at: 0..<20) < first)
    #expect(trainer.model.parameters[0].value != model.parameters[0].value)
  }
}
