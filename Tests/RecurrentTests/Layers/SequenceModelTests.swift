import Recurrent
import RecurrentTestSupport
import Testing

struct SequenceModelTests {
  private func model(
    _ sizes: [Int],
    classes: Int = 3,
    summary: SequenceModel.Summary = .lastOutput
  ) -> SequenceModel {
    var stream = RandomStream(seed: 40, purpose: .testing)
    let layers = zip(sizes, sizes.dropFirst()).map {
      LSTM(inputSize: $0, hiddenSize: $1, initialization: .torch, using: &stream)
    }
    let head = Dense(
      inputSize: sizes[sizes.count - 1],
      outputSize: classes,
      initialization: .torch,
      using: &stream
    )
    return SequenceModel(layers: layers, summary: summary, head: head)
  }

  @Test func `parameters have the names of a PyTorch module`() {
    #expect(
      model([4, 5, 6]).parameters.map(\.name) == [
        "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0",
        "lstm.weight_ih_l1", "lstm.weight_hh_l1", "lstm.bias_ih_l1",
        "head.weight", "head.bias",
      ]
    )
    #expect(
      SequenceModel.rnn(inputSize: 2, hiddenSize: 3, classes: 4, seed: 1).parameters.map(\.name)
        == [
          "rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "head.weight", "head.bias",
        ]
    )
  }

  @Test func `two layers give the equations' logits and gradients`() {
    let model = model([3, 4, 5])
    var numbers = SeededNumbers(41)
    let input = numbers.tensor([2, 3, 3])
    let labels = [2, 0]
    func reference(_ point: [[Double]]) -> [[Double]] {
      var sequences = Reference.sequences(
        input.elements.map(Double.init),
        steps: 3,
        features: 3
      )
      for (layer, size) in [4, 5].enumerated() {
        let weights = Reference.Weights(
          input: point[3 * layer],
          recurrent: point[3 * layer + 1],
          bias: point[3 * layer + 2],
          inputSize: layer == 0 ? 3 : 4
        )
        let zeros = [[Double]](repeating: [Double](repeating: 0, count: size), count: 2)
        sequences = Reference.lstm(sequences, weights, hidden: zeros, cell: zeros).outputs
      }
      return Reference.dense(
        sequences.map { $0[2] },
        weight: Reference.rows(point[6], of: 5),
        bias: point[7]
      )
    }
    let points = model.parameters.map(\.value.elements)
    let want = reference(points.map { $0.map(Double.init) }).flatMap(\.self)
    // Activations are good to 2 ulp and sums are short.
    #expect(mismatch(model(input).elements, want, tolerance: 1e-6) == nil)
    let gradient = valueWithGradient(at: model) {
      softmaxCrossEntropy(logits: $0(input), labels: labels)
    }.gradient
    #expect(gradient.names == model.parameters.map(\.name))
    let problems = gradientMismatches(
      gradient.tensors.map(\.elements),
      names: gradient.names,
      at: points
    ) { Reference.softmaxCrossEntropy(logits: reference($0), labels: labels) }
    #expect(problems == [])
  }

  @Test func `all outputs give logits at every step, the last output those of the last`() {
    var numbers = SeededNumbers(42)
    let input = numbers.tensor([4, 6, 3])
    let every = model([3, 7, 5], summary: .allOutputs)(input)
    let last = model([3, 7, 5])(input)
    #expect(every.shape == [4, 6, 3])
    #expect(last.shape == [4, 3])
    #expect(every.slice(at: 5, along: 1) == last)
  }

  @Test func `each row of a batch is that row by itself`() {
    var numbers = SeededNumbers(43)
    let model = model([3, 17, 9])
    let input = numbers.tensor([9, 5, 3])
    let whole = model(input)
    for row in 0..<9 {
      let alone = model(input.slice(row..<row + 1, along: 0))
      #expect(haveSameBits(alone.elements, whole.slice(at: row, along: 0).elements))
    }
  }

  @Test func `the same seed gives the same model, another seed another`() {
    func elements(_ seed: UInt64) -> [[Float]] {
      SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: seed)
        .parameters.map(\.value.elements)
    }
    #expect(elements(1) == elements(1))
    #expect(elements(1) != elements(2))
  }

  @Test func `the forget gate's bias starts at what it was asked to`() {
    let model = SequenceModel.lstm(
      inputSize: 3,
      hiddenSize: 4,
      classes: 2,
      forgetBias: 2.5,
      seed: 1
    )
    let bias = model.parameters[2].value.elements
    #expect(bias == [0, 0, 0, 0, 2.5, 2.5, 2.5, 2.5, 0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `layers that do not fit trap and say both sizes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var stream = RandomStream(seed: 1, purpose: .testing)
      let layer = LSTM(inputSize: 3, hiddenSize: 5, using: &stream)
      let head = Dense(inputSize: 6, outputSize: 2, using: &stream)
      _ = SequenceModel(layers: [layer], head: head)
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("a layer that gives 5 features cannot feed one that reads 6")
    )
  }
}
