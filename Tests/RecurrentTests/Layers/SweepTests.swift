import RecurrentTestSupport
import Testing

@testable import Recurrent

struct SweepTests {
  private static let (steps, places) = (4, 3)

  private static func inner(_ inputSize: Int, seed: UInt64) -> Bidirectional<LSTMCell> {
    var stream = RandomStream(seed: seed, purpose: .testing)
    return Bidirectional(
      forward: LSTM(inputSize: inputSize, hiddenSize: 5, using: &stream),
      backward: LSTM(inputSize: inputSize, hiddenSize: 5, using: &stream)
    )
  }

  /// Both sweeps, the second residual; then a recurrent layer over the steps, or nothing.
  private static func model(_ summary: SequenceModel.Summary, isTopped: Bool) -> SequenceModel {
    var stream = RandomStream(seed: 3, purpose: .testing)
    var layers: [any RecurrentLayer] = [
      Sweep(inner(2, seed: 1), .across, places: places),
      Sweep(Residual(inner(10, seed: 2)), .down, places: places),
    ]
    if isTopped { layers.append(GRU(inputSize: 10 * places, hiddenSize: 7, using: &stream)) }
    return SequenceModel(
      layers: layers,
      summary: summary,
      headDropout: 0.25,
      head: Dense(inputSize: isTopped ? 7 : 10 * places, outputSize: 3, using: &stream)
    )
  }

  private static func dataset(isUnequal: Bool) -> SequenceDataset {
    var numbers = SeededNumbers(4)
    return SequenceDataset(
      elements: .floats(numbers.floats(10 * steps * 2 * places)),
      labels: (0..<10).map { $0 % 3 },
      steps: steps,
      features: 2 * places,
      classNames: ["a", "b", "c"],
      lengths: isUnequal ? (0..<10).map { 1 + $0 * 7 % steps } : nil
    )
  }

  @Test func `across, every step's places are a sequence of their own`() {
    var numbers = SeededNumbers(5)
    let input = numbers.tensor([2, Self.steps, 2 * Self.places])
    let layer = Self.inner(2, seed: 1)
    let got = Sweep(layer, .across, places: Self.places).outputs(input)
    for row in 0..<2 {
      for step in 0..<Self.steps {
        let line = input.slice(at: row, along: 0).slice(at: step, along: 0)
        let want = layer.outputs(line.reshaped(to: [1, Self.places, 2]))
        let part = got.slice(at: row, along: 0).slice(at: step, along: 0)
        #expect(haveSameBits(part.elements, want.elements))
      }
    }
  }

  @Test func `down, every place's steps are a sequence of their own`() {
    var numbers = SeededNumbers(6)
    let input = numbers.tensor([2, Self.steps, 2 * Self.places])
    let layer = Self.inner(2, seed: 1)
    let got = Sweep(layer, .down, places: Self.places).outputs(input)
    for place in 0..<Self.places {
      let want = layer.outputs(input.slice(2 * place..<2 * place + 2, along: 2))
      let part = got.slice(10 * place..<10 * place + 10, along: 2)
      #expect(haveSameBits(part.elements, want.elements))
    }
  }

  @Test(arguments: [false, true], [false, true])
  func `the engine sweeps as the tape does, forward and back`(
    isUnequal: Bool,
    isTopped: Bool
  ) throws {
    let dataset = Self.dataset(isUnequal: isUnequal)
    for summary in [SequenceModel.Summary.lastOutput, .meanOutput, .maxOutput] {
      let model = Self.model(summary, isTopped: isTopped)
      let predictor = try #require(Predictor(model, threads: 2))
      let tape = model.logits(
        dataset.tensor(at: 0..<10),
        in: SequencePass(lengths: dataset.lengths)
      )
      #expect(
        mismatch(predictor.logits(for: dataset).elements, tape.elements, tolerance: 1e-5) == nil
      )
      try expectEngineGradients(of: model, on: dataset)
    }
  }

  @Test(arguments: [false, true])
  func `the same bits come out on any number of threads`(isUnequal: Bool) throws {
    let trained = try [1, 3].map { threads in
      let trainer = Trainer(
        Self.model(.lastOutput, isTopped: true),
        optimizer: Adam(learningRate: 0.01),
        options: TrainingOptions(batchSize: 9, epochs: 2, threads: threads)
      )
      for _ in 1...2 { _ = try trainer.trainEpoch(on: Self.dataset(isUnequal: isUnequal)) }
      return trainer.model.parameters.map(\.value.elements)
    }
    #expect(zip(trained[0], trained[1]).allSatisfy { haveSameBits($0, $1) })
  }

  @Test(arguments: [false, true])
  func `gradients are right in double precision`(isUnequal: Bool) {
    let model = Self.model(.meanOutput, isTopped: false)
    let dataset = Self.dataset(isUnequal: isUnequal)
    let input = dataset.tensor(at: 0..<3)
    let pass = SequencePass(lengths: dataset.lengths.map { Array($0[..<3]) })
    let labels = Array(dataset.labels[..<3])
    let report = checkGradients(of: model, samples: 40, seed: 1) {
      softmaxCrossEntropy(logits: $0.logits(input, in: pass), labels: labels)
    }
    #expect(report.passes, "\(report)")
  }

  @Test func `a model comes back from its file, bit for bit`() throws {
    let model = Self.model(.maxOutput, isTopped: true)
    let back = try SequenceModel(SafetensorsFile(bytes: model.safetensors.bytes, path: "model"))
    #expect(back.safetensors.bytes == model.safetensors.bytes)
    #expect(back.layerDescriptions == model.layerDescriptions)
    let input = Self.dataset(isUnequal: false).tensor(at: 0..<4)
    #expect(haveSameBits(model(input).elements, back(input).elements))
  }

  @Test(arguments: [
    ("\"places\":3", "\"places\":0"), ("\"places\":3", "\"places\":2000000000"),
    ("\"axis\":\"down\"", "\"axis\":\"up\""),
    ("\"recurrentDropout\":0", "\"recurrentDropout\":0.5"),
  ])
  func `a description of a sweep that cannot be is refused in a line`(
    from: String,
    to: String
  ) throws {
    var file = Self.model(.lastOutput, isTopped: false).safetensors
    let text = try #require(file.metadata["layers"])
    #expect(text.contains(from))
    file.metadata["layers"] = text.replacing(from, with: to)
    #expect(throws: FileError.self) { try SequenceModel(file) }
  }

  @Test func `a sweep cannot be streamed`() {
    let error = #expect(throws: StreamingError.self) {
      try StreamingModel(Self.model(.lastOutput, isTopped: true))
    }
    #expect(error?.reason == .readsGrid)
    #expect(error?.layer == 0)
  }

  @Test func `a sweep of a sweep or of masked layers traps and says what is wanted`() async throws {
    let nested = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Sweep(Sweep(SweepTests.inner(2, seed: 1), .down, places: 2), .across, places: 2)
    }
    let masked = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var layer = SweepTests.inner(2, seed: 1)
      layer.forward.regularization = Regularization(recurrentDropout: 0.5)
      _ = Sweep(layer, .across, places: 2)
    }
    for result in [nested, masked] {
      let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(text.contains("a Sweep needs a layer without regularisation that is not a Sweep"))
    }
  }
}
