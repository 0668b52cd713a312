import RecurrentTestSupport
import Testing

@testable import Recurrent

@Suite("Answers after each step")
struct AnswersAfterEachStepTests {
  private static let summaries = SequenceModel.Summary.allCases.filter { $0 != .allOutputs }

  /// A model like another that reads rows and whose head reads something else.
  private func model(_ model: SequenceModel, _ summary: SequenceModel.Summary) -> SequenceModel {
    SequenceModel(layers: model.layers, summary: summary, head: model.head)
  }

  /// Compares with what the model gives for each prefix by itself.
  private func check(
    _ answers: Tensor,
    of model: SequenceModel,
    reading read: Tensor,
    lengths: [Int],
    _ name: String
  ) {
    let outputs = model.head.outputSize
    #expect(answers.shape == [read.shape[0], read.shape[1], outputs], "\(name)")
    for (row, length) in lengths.enumerated() {
      let sequence = read.slice(row..<row + 1, along: 0)
      for count in 1...read.shape[1] {
        let got = answers.slice(at: row, along: 0).slice(at: count - 1, along: 0).elements
        let want =
          count <= length
          ? model(sequence.slice(0..<count, along: 1)).elements
          : Array(repeating: 0, count: outputs)
        #expect(haveSameBits(got, want), "\(name): row \(row) after \(count) steps")
      }
    }
  }

  @Test("They are those of the prefixes alone, whatever is read and kept", arguments: summaries)
  func prefixes(summary: SequenceModel.Summary) {
    let lengths = [6, 1, 4]
    var numbers = SeededNumbers(21)
    for example in ExampleModel.reading {
      let model = model(example.model, summary)
      var input = numbers.tensor([3, 6, model.layers[0].inputSize])
      for (row, length) in lengths.enumerated() {
        for step in length..<6 {
          for feature in 0..<input.shape[2] { input[row, step, feature] = .nan }
        }
      }
      let answers = model.answersAfterEachStep(to: input, lengths: lengths)
      check(answers, of: model, reading: input, lengths: lengths, "\(example)")
    }
  }

  @Test("A grid ends after the steps that are read of it", arguments: summaries)
  func grids(summary: SequenceModel.Summary) {
    var numbers = SeededNumbers(22)
    for example in ExampleModel.all {
      guard let grid = example.grid else { continue }
      let (reading, plain) = (example.model.reading, model(example.model, summary))
      let input = numbers.tensor(Shape([2] + grid))
      let read = reading.of(input, lengths: nil)
      let asked = SequenceModel(
        reading: reading,
        layers: plain.layers,
        summary: summary,
        head: plain.head
      )
      for lengths in [nil, [grid[0], grid[0]]] {
        let answers = asked.answersAfterEachStep(to: input, lengths: lengths)
        let ends = [read.shape[1], read.shape[1]]
        check(answers, of: plain, reading: read, lengths: ends, "\(example)")
      }
    }
  }

  @Test("More prefixes than are read at once change nothing", arguments: summaries)
  func parts(summary: SequenceModel.Summary) throws {
    let lengths = (0..<9).map { 4 + $0 }
    var numbers = SeededNumbers(23)
    let example = try #require(ExampleModel.all.first { $0.name == "two-layers-both-ways" })
    let model = model(example.model, summary)
    let input = numbers.tensor([9, 12, 3])
    let answers = model.answersAfterEachStep(to: input, lengths: lengths)
    check(answers, of: model, reading: input, lengths: lengths, "\(example)")
  }

  /// A layer of a program's own that gives the sum of all steps at every step.
  private struct WholeSum: RecurrentLayer {
    var (inputSize, outputSize) = (2, 2)

    func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
      let lengths = pass.lengths ?? Array(repeating: input.shape[1], count: input.shape[0])
      let sums = input.cleared(past: lengths).sum(along: 1)
      let outputs = Tensor.stacked(Array(repeating: sums, count: input.shape[1]), along: 1)
      return LayerOutput(outputs: outputs.cleared(past: lengths), in: pass)
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {}
  }

  @Test("A layer of a program's own may read what comes later")
  func ownLayer() {
    var (numbers, stream) = (SeededNumbers(24), RandomStream(seed: 4, purpose: .testing))
    let layers: [any RecurrentLayer] = [WholeSum(), Residual(WholeSum())]
    let head = Dense(inputSize: 2, outputSize: 3, using: &stream)
    let model = SequenceModel(layers: layers, head: head)
    let input = numbers.tensor([2, 5, 2])
    let answers = model.answersAfterEachStep(to: input, lengths: [5, 3])
    check(answers, of: model, reading: input, lengths: [5, 3], "whole sums")
  }

  @Test("A recurrence of a cell is read once")
  func recurrence() {
    var (numbers, stream) = (SeededNumbers(25), RandomStream(seed: 5, purpose: .testing))
    let cell = LSTM(inputSize: 2, hiddenSize: 3, using: &stream).cell
    let head = Dense(inputSize: 3, outputSize: 3, using: &stream)
    let model = SequenceModel(layers: [Recurrence(cell)], head: head)
    let input = numbers.tensor([2, 5, 2])
    let answers = model.answersAfterEachStep(to: input, lengths: [2, 5])
    check(answers, of: model, reading: input, lengths: [2, 5], "recurrence")
  }

  @Test("A model that answers each step is refused")
  func answersEachStep() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 6, purpose: .testing)
      let layer = LSTM(inputSize: 2, hiddenSize: 3, using: &stream)
      let head = Dense(inputSize: 3, outputSize: 3, using: &stream)
      let model = SequenceModel(layers: [layer], summary: .allOutputs, head: head)
      _ = model.answersAfterEachStep(to: .zeros([1, 2, 2]))
    }
  }
}
