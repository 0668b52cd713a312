import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

struct NumberRowsTests {
  private let numbers = (0..<40).map { $0 == 7 ? Float.nan : Float($0) / 4 }

  private func mapped() throws -> (NumberRows, TemporaryFolder) {
    let folder = try TemporaryFolder()
    let bytes = numbers.withUnsafeBytes { Array($0) }
    let file = try MappedFile(folder.write(bytes, as: "numbers"))
    return (NumberRows(floatsOf: file, columns: 2), folder)
  }

  @Test func `rows of a file are those in memory`() throws {
    let memory = NumberRows(numbers, columns: 2)
    let (file, folder) = try mapped()
    defer { withExtendedLifetime(folder) {} }
    #expect(memory.count == 20 && file.count == 20 && file.isMapped && !memory.isMapped)
    #expect(memory == file && memory[3, 0] == 1.5 && file[3, 0] == 1.5 && file[3, 1].isNaN)
    let (part, same) = (memory.slice(2..<9).slice(1..<4), file.slice(3..<6))
    #expect(part == same && part[0, 0] == 1.5)
    #expect(part.numbers(in: 1..<3) == [2, 2.25, 2.5, 2.75])
    #expect(same.numbers(in: 1..<3) == [2, 2.25, 2.5, 2.75])
    #expect(memory.slice(4..<4).numbers(in: 0..<0).isEmpty)
    #expect(memory != memory.slice(0..<19))
  }

  @Test func `windows of rows are gathered as sequences of floats are`() throws {
    let (rows, folder) = try mapped()
    defer { withExtendedLifetime(folder) {} }
    let windows = SequenceDataset(
      elements: .windows(NumberWindows(of: rows, startingAt: [5, 0, 6])),
      count: 3,
      steps: 4,
      features: 2,
      targets: .nextRows(rows, firstSteps: [0, 2, 1]),
      outputNames: ["a", "b"],
      lengths: [4, 3, 2]
    )
    func padded(_ rows: [Float], with padding: Float) -> [Float] {
      rows + [Float](repeating: padding, count: 8 - rows.count)
    }
    let floats = SequenceDataset(
      elements: .floats(
        rows.numbers(in: 5..<9) + padded(rows.numbers(in: 0..<3), with: 0)
          + padded(rows.numbers(in: 6..<8), with: 0)
      ),
      count: 3,
      steps: 4,
      features: 2,
      targets: .numbersOfSteps(
        rows.numbers(in: 6..<10)
          + padded([.nan, .nan, .nan, .nan] + rows.numbers(in: 3..<4), with: .nan)
          + padded([.nan, .nan] + rows.numbers(in: 8..<9), with: .nan)
      ),
      outputNames: ["a", "b"],
      lengths: [4, 3, 2]
    )
    for index in 0..<3 {
      #expect(windows.values(ofExample: index) == floats.values(ofExample: index))
    }
    // Row 3 has a number that is not known.
    #expect(windows.answerCount(at: 0..<3) == 8 + 1 + 2)
    #expect(floats.answerCount(at: 0..<3) == 11)
    let own = windows.slice(1..<3).numbers(at: [0, 1])
    let others = floats.slice(1..<3).numbers(at: [0, 1])
    #expect(zip(own, others).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })

    var stream = RandomStream(seed: 1, purpose: .initialisation)
    let model = SequenceModel(
      [LSTM(inputSize: 2, hiddenSize: 3, using: &stream)],
      summary: .allOutputs,
      classes: 2,
      initialization: .recommended,
      seed: 1
    )
    func trained(on dataset: SequenceDataset) throws -> (SequenceModel, Double) {
      let trainer = Trainer(
        model,
        optimizer: Adam(),
        options: TrainingOptions(batchSize: 2, epochs: 3, seed: 1, threads: 2)
      )
      var cost = 0.0
      for _ in 0..<3 { cost = try trainer.trainEpoch(on: dataset).averageCost }
      return (trainer.model, cost)
    }
    let (first, second) = (try trained(on: windows), try trained(on: floats))
    #expect(first.1 == second.1)
    #expect(first.0.parameters.map(\.value.elements) == second.0.parameters.map(\.value.elements))
    #expect(first.0.compare(with: windows) == first.0.compare(with: floats))
  }
}
