import Recurrent
import RecurrentTestSupport
import Testing

struct EvaluationTests {
  @Test(arguments: [[5], [17, 6], [64]], [true, false])
  func `a data set's logits are the model's, on any number of threads`(
    sizes: [Int],
    isLSTM: Bool
  ) {
    let dataset = SequenceDataset.random(count: 131, steps: 5)
    let model = SequenceModel.stack(sizes, isLSTM: isLSTM)
    let want = model(dataset.tensor(at: 0..<131))
    let one = model.logits(for: dataset, threads: 1)
    #expect(one.shape == want.shape)
    // The fused head adds its bias first, the tape's last: a rounding's difference.
    #expect(mismatch(one.elements, want.elements, tolerance: 3e-7) == nil)
    for threads in [2, 5] {
      let several = model.logits(for: dataset, threads: threads)
      #expect(haveSameBits(several.elements, one.elements))
    }
    let taped = TapedModel(model: model).logits(for: dataset, threads: 2)
    #expect(haveSameBits(taped.elements, want.elements))
  }

  @Test func `cost, accuracy, predictions and probabilities follow from the logits`() {
    let dataset = SequenceDataset.random(count: 70)
    let model = SequenceModel.stack([6])
    let logits = Reference.rows(
      model.logits(for: dataset, threads: 1).elements.map(Double.init),
      of: 3
    )
    let evaluation = model.evaluate(on: dataset, threads: 2)
    let choices = logits.map { row in row.firstIndex(of: row.max() ?? 0) ?? -1 }
    #expect(evaluation.predictions == choices)
    let right = zip(choices, dataset.labels).count { $0 == $1 }
    #expect(evaluation.accuracy == Double(right) / 70)
    #expect(evaluation.confusion.total == 70)
    let cost = Reference.softmaxCrossEntropy(logits: logits, labels: dataset.labels)
    #expect(abs(evaluation.cost - cost) < 1e-6)
    let probabilities = Reference.softmax(logits).flatMap(\.self)
    #expect(mismatch(evaluation.probabilities.elements, probabilities, tolerance: 3e-7) == nil)
    #expect(evaluation.probabilities.shape == [70, 3])
  }

  @Test func `the most confident mistake comes first`() {
    let dataset = SequenceDataset.random(count: 50)
    let evaluation = SequenceModel.stack([6]).evaluate(on: dataset, threads: 1)
    let worst = evaluation.worstMistakes(of: dataset, limit: 10)
    #expect(worst.count == 10)
    #expect(worst.allSatisfy { evaluation.predictions[$0] != dataset.labels[$0] })
    let confidence = worst.map { evaluation.probabilities[$0, evaluation.predictions[$0]] }
    #expect(zip(confidence, confidence.dropFirst()).allSatisfy { $0 >= $1 })
    let all = evaluation.worstMistakes(of: dataset, limit: 1_000)
    #expect(all.count == 50 - Int((evaluation.accuracy * 50).rounded()))
    #expect(Array(all.prefix(10)) == worst)
  }
}
