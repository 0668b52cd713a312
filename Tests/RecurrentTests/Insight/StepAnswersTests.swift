import RecurrentTestSupport
import Testing

@testable import Recurrent

@Suite("Answers about a data set after each step")
struct StepAnswersTests {
  private func dataset(_ count: Int, lengths: [Int]?) -> SequenceDataset {
    var numbers = SeededNumbers(41)
    return SequenceDataset(
      elements: .floats(numbers.floats(count * 5 * 3)),
      labels: (0..<count).map { $0 * 3 % 4 },
      steps: 5,
      features: 3,
      classNames: ["a", "b", "c", "d"],
      lengths: lengths
    )
  }

  @Test("They are those about each example, for any number of threads", arguments: [1, 3])
  func threads(threads: Int) throws {
    let example = try #require(ExampleModel.all.first { $0.name == "lstm-both-ways-sum" })
    let dataset = dataset(70, lengths: (0..<70).map { 1 + $0 * 7 % 5 })
    let indices = (0..<70).filter { $0 % 9 != 4 }
    let model = example.model
    let answers = model.answersAfterEachStep(in: dataset, at: indices, threads: threads)
    #expect(answers.labels == indices.map { dataset.labels[$0] })
    #expect(answers.stepCounts == indices.map { dataset.length(ofExample: $0) })
    #expect(answers.steps == 5 && answers.areFinite)
    for (row, index) in indices.enumerated() {
      let want = model.answersAfterEachStep(
        to: dataset.tensor(at: [index]),
        lengths: [dataset.length(ofExample: index)]
      )
      #expect(haveSameBits(answers.logits.slice(at: row, along: 0).elements, want.elements))
    }
  }

  @Test("A grid has as many steps as are read of it")
  func grid() throws {
    let example = try #require(ExampleModel.all.first { $0.name == "columns" })
    var numbers = SeededNumbers(42)
    let dataset = SequenceDataset(
      elements: .floats(numbers.floats(24)),
      labels: [3, 1],
      steps: 4,
      features: 3,
      classNames: ["a", "b", "c", "d"]
    )
    let answers = example.model.answersAfterEachStep(in: dataset, at: 0..<2, threads: 1)
    #expect(answers.stepCounts == [3, 3] && answers.logits.shape == [2, 3, 4])
  }

  @Test("Halves share out the examples of each class")
  func halves() throws {
    let logits = Tensor((0..<10).map(Float.init), shape: [5, 1, 2])
    let answers = StepAnswers(
      logits: logits,
      stepCounts: [1, 1, 1, 1, 1],
      labels: [0, 1, 0, 0, 1]
    )
    let (first, second) = answers.halves
    #expect(first.labels == [0, 1, 0])
    #expect(first.logits.elements == [0, 1, 2, 3, 6, 7])
    #expect(second?.labels == [0, 1])
    #expect(second?.logits.elements == [4, 5, 8, 9])
    let single = StepAnswers(logits: .zeros([2, 1, 2]), stepCounts: [1, 1], labels: [1, 0])
    #expect(single.halves.second == nil)
  }
}
