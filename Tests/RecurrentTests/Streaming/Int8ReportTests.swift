import RecurrentTestSupport
import Testing

@testable import Recurrent

struct Int8ReportTests {
  /// Sequences of unequal length whose class is in the sign of their sum.
  private static func dataset() -> SequenceDataset {
    var numbers = SeededNumbers(3)
    let lengths = (0..<90).map { _ in numbers.integer(in: 1...9) }
    let values = numbers.floats(90 * 9 * 3)
    let labels = (0..<90).map { example in
      values[example * 27..<example * 27 + lengths[example] * 3].reduce(0, +) > 0 ? 1 : 0
    }
    return SequenceDataset(
      elements: .floats(values),
      labels: labels,
      steps: 9,
      features: 3,
      classNames: ["below", "above"],
      lengths: lengths
    )
  }

  private static func trained(_ dataset: SequenceDataset) throws -> SequenceModel {
    let trainer = Trainer(
      SequenceModel.lstm(inputSize: 3, hiddenSize: 20, classes: 2, seed: 1),
      optimizer: Adam(learningRate: 0.02),
      options: TrainingOptions(batchSize: 30, threads: 1)
    )
    for _ in 1...4 { _ = try trainer.trainEpoch(on: dataset) }
    return trainer.model
  }

  @Test func `answers are those of the model, and compared one by one`() throws {
    let dataset = Self.dataset()
    let model = try Self.trained(dataset)
    let report = try Int8Report(of: model, on: dataset)
    let evaluation = model.evaluate(on: dataset, threads: 1)
    #expect(report.float32.count == 90 && report.int8.count == 90)
    #expect(report.float32.accuracy == evaluation.accuracy)
    #expect(abs(report.float32.cost - evaluation.cost) < 1e-5)
    #expect(evaluation.accuracy > 0.8, "the model has learned something to lose")

    let int8 = try StreamingModel(model, weights: .int8)
    var (correct, changed, lost, gained) = (0, 0, 0, 0)
    var largest: Float = 0
    let logits = model.logits(for: dataset, threads: 1)
    for example in 0..<90 {
      var state = int8.makeState()
      var answer: [Float] = []
      let values = dataset.values(ofExample: example)
      for step in 0..<dataset.length(ofExample: example) {
        answer = int8.step(Array(values[3 * step..<3 * step + 3]), state: &state)
      }
      let now = answer[1] > answer[0] ? 1 : 0
      let (was, label) = (evaluation.predictions[example], dataset.labels[example])
      if now == label { correct += 1 }
      if now != was { changed += 1 }
      if was == label && now != label { lost += 1 }
      if was != label && now == label { gained += 1 }
      for output in 0..<2 { largest = max(largest, abs(answer[output] - logits[example, output])) }
    }
    #expect(report.int8.correct == correct)
    #expect(
      (report.changedCount, report.lostCount, report.gainedCount) == (changed, lost, gained)
    )
    #expect(report.largestDifference == largest && largest > 0)
    #expect(report.float32.correct - report.lostCount + report.gainedCount == correct)
  }

  @Test func `matrices are told with their errors, vectors are left out`() throws {
    var model = SequenceModel.lstm(inputSize: 3, hiddenSize: 20, classes: 2, seed: 1)
    // Whole numbers up to 127 lose nothing.
    model.head.weight = Tensor((0..<40).map { Float($0 % 20 == 0 ? 127 : $0) }, shape: [2, 20])
    let report = try Int8Report(of: model, on: Self.dataset())
    #expect(report.matrices.map(\.rows) == [80, 80, 2])
    #expect(report.matrices.map(\.columns) == [3, 20, 20])
    #expect(report.matrices[2].relativeError == 0)
    #expect(report.matrices[..<2].allSatisfy { (0.001...0.01).contains($0.relativeError) })
    #expect(report.int8ByteCount < report.float32ByteCount)
  }

  @Test func `the windows of a stream go on from one to the next`() throws {
    let tokens = (0..<500).map { UInt16($0 * $0 / 7 % 5) }
    let dataset = try #require(
      SequenceDataset.nextTokens(
        of: TokenText(tokens, vocabulary: ["a", "b", "c", "d", "e"]),
        documents: [0..<300, 300..<500],
        window: 10,
        lanes: 3
      )
    )
    var stream = RandomStream(seed: 1, purpose: .testing)
    let model = SequenceModel(
      layers: [LSTM(inputSize: 5, hiddenSize: 12, using: &stream)],
      summary: .allOutputs,
      head: Dense(inputSize: 12, outputSize: 5, using: &stream)
    )
    let report = try Int8Report(of: model, on: dataset)
    let whole = model.compare(with: dataset, threads: 1)
    #expect(report.float32.count == whole.count)
    #expect(abs(report.float32.cost - whole.cost) < 1e-4)
    #expect(abs(report.int8.cost - whole.cost) < 0.01)
  }

  @Test func `a model that cannot be streamed is refused`() {
    let model = SequenceModel(
      layers: SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: 1).layers,
      summary: .meanOutput,
      head: SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: 1).head
    )
    #expect(throws: StreamingError.self) { try Int8Report(of: model, on: Self.dataset()) }
  }
}
