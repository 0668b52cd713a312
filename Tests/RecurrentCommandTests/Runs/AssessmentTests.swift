import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

/// What is said of a result beside its accuracy and cost.
struct AssessmentTests {
  /// Three sequences of 2, 1 and 3 steps of one feature.
  private func dataset(
    _ targets: SequenceDataset.Targets,
    outputs: [String] = ["a", "b"]
  ) -> SequenceDataset {
    SequenceDataset(
      elements: .floats([1, 2, 0, 3, 0, 0, 4, 5, 6]),
      count: 3,
      steps: 3,
      features: 1,
      targets: targets,
      outputNames: outputs,
      lengths: [2, 1, 3]
    )
  }

  private func model(answersEachStep: Bool) -> SequenceModel {
    var stream = RandomStream(seed: 4, purpose: .testing)
    return SequenceModel(
      layers: [LSTM(inputSize: 1, hiddenSize: 3, using: &stream)],
      summary: answersEachStep ? .allOutputs : .lastOutput,
      head: Dense(inputSize: 3, outputSize: 2, using: &stream)
    )
  }

  private func baselines(_ targets: SequenceDataset.Targets) -> [Assessment.Baseline] {
    Assessment.baselines(learnedFrom: dataset(targets), on: dataset(targets))
  }

  @Test func `classes of sequences are told by frequency and by length`() {
    let found = baselines(.classes([1, 0, 1]))
    #expect(found.map(\.accuracy) == [2.0 / 3, 1])
    #expect(found[0].text == "66.67% by the most frequent class (b)")
    #expect(found[1].text == "100.00% by the length alone")
  }

  @Test func `classes of steps are told by the frequency of those that exist and are known`() {
    // Beyond the ends stand 1, 0, 0; one step is not known.
    let found = baselines(.classesOfSteps([0, 0, 1, 1, 0, 0, 0, -1, 1]))
    #expect(found.map(\.accuracy) == [3.0 / 5])
  }

  @Test func `numbers are told by their mean`() {
    let found = baselines(.numbers([1, 10, 2, .nan, 3, 14]))
    // Means 2 and 12: errors of 1, 0, 1, 2 and 2.
    #expect(found.map(\.meanAbsoluteError) == [1.2])
    #expect(
      found.first?.text
        == "mean absolute error 1.2, root mean squared error 1.414 by the mean of training"
    )
    #expect(baselines(.numbers([.nan, .nan, .nan, .nan, .nan, .nan])).isEmpty)
  }

  @Test func `errors of numbers are those of steps that exist, sequence by sequence`() throws {
    let truths = (0..<18).map(Float.init)
    let examples = dataset(.numbersOfSteps(truths))
    let model = model(answersEachStep: true)
    let judged = try #require(JudgedAnswers(of: model, on: examples, threads: 1))
    let answers = model.logits(for: examples, threads: 1).elements
    let errors = (0..<18).map { abs(Double(answers[$0]) - Double(truths[$0])) }
    let means = [errors[0..<4], errors[6..<8], errors[12..<18]].map { part in
      part.reduce(0, +) / Double(part.count)
    }
    #expect(zip(judged.scores, means).allSatisfy { abs($0 + $1) < 1e-9 })
    let all = (means[0] * 4 + means[1] * 2 + means[2] * 6) / 12
    #expect(abs(judged.value - all) < 1e-9)
  }

  @Test func `the order matters much, little, or not to be seen`() {
    func weight(_ shuffled: Double, isClear: Bool = true) -> OrderEffect.Weight {
      OrderEffect.weight(isClear: isClear, inOrder: 0.9, shuffled: shuffled, baseline: 0.5)
    }
    // The model has 40 points over the baseline: 4 of them are a tenth.
    #expect(weight(0.85) == .much && weight(0.87) == .little)
    #expect(weight(0.85, isClear: false) == .none)
  }

  @Test func `what was learned from, and padding, are remarked`() throws {
    let examples = dataset(.classes([1, 0, 1]))
    let model = model(answersEachStep: false)
    let data = RunData(training: examples, validation: nil, test: examples, fingerprint: "")
    let assessment = Assessment(
      of: model,
      on: AssessedExamples(judged: examples, name: "test", training: examples),
      outcome: try RunOutcome(of: model, .classify, on: examples, of: data, threads: 1),
      batchSize: 3,
      seed: 1,
      threads: 1
    )
    #expect(
      assessment.remarks == [
        "3 of 3 test examples are also in training, number for number",
        "Padding: 33.33% of the steps in training batches, which are not computed",
      ]
    )
    #expect(!assessment.beatsBaselines)
    #expect(assessment.lines[1].hasSuffix("; the model is no better than the best of them"))
    #expect(assessment.lines[2].hasPrefix("With the steps of each sequence in random order: "))
    // Measures, baselines, the warning, the order, and remarks.
    #expect(assessment.entries.count == [3, 2, 1, 1, 2].reduce(0, +))
  }
}
