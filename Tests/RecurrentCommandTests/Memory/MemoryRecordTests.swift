import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

struct MemoryRecordTests {
  private let plan = MemoryPlan(
    task: .adding,
    cells: [.lstm, .rnn],
    lags: [10, 20, 40],
    seeds: 2,
    hidden: 4,
    steps: 10,
    batch: 8,
    learningRate: 0.01,
    initialization: .chrono
  )

  private func record(_ measures: [(CellName, Int, [Double?])]) -> MemoryRecord {
    var record = MemoryRecord(plan, threads: 1)
    for (cell, lag, measures) in measures {
      for (index, measure) in measures.enumerated() {
        record.trials.append(
          MemoryRecord.Trial(
            cell: cell,
            lag: lag,
            seed: index + 1,
            measure: measure,
            isSolved: measure.map { $0 < 0.01 } ?? false,
            costs: [],
            seconds: 1
          )
        )
      }
    }
    return record
  }

  @Test func `memory ends before the first lag that a seed does not solve`() {
    let record = record([
      (.lstm, 10, [0.001, 0.002]), (.lstm, 20, [0.001, 0.02]), (.lstm, 40, [0.001, 0.001]),
      (.rnn, 10, [0.2, nil]),
    ])
    #expect(record.memory(of: .lstm) == 10 && record.memory(of: .rnn) == nil)
    #expect(
      MemoryTable(plan: plan).conclusions(record) == [
        "LSTM: solved from every seed up to lag 10", "RNN: solved at no lag from every seed",
      ]
    )
  }

  @Test func `a row has the mean and the ends over the seeds`() throws {
    let record = record([(.lstm, 10, [0.001, 0.003]), (.rnn, 10, [nil, 0.2]), (.rnn, 20, [nil])])
    let table = MemoryTable(plan: plan)
    let rows = try [(CellName.lstm, 10), (.rnn, 10), (.rnn, 20)].map {
      table.row(try #require(record.result($0, lag: $1)))
    }
    #expect(
      [table.head] + rows == [
        "  lag  cell      mean     least      most  solved  seconds",
        "   10  LSTM   0.00200   0.00100   0.00300     2/2      2.0",
        "   10  RNN    0.20000   0.20000   0.20000     0/2      2.0",
        "   20  RNN   diverged  diverged  diverged     0/1      1.0",
      ]
    )
    #expect(record.result(.lstm, lag: 40) == nil)
  }

  @Test func `starting values follow the lag where they are to`() {
    #expect(plan.recipe(.lstm, lag: 20).initialization == .chrono(memory: 20))
    var other = plan
    other.initialization = .named(.keras)
    #expect(other.recipe(.lstm, lag: 20).initialization == .keras)
    #expect(MemoryStart(rawValue: "chrono:7") == .named(.chrono(memory: 7)))
    #expect(MemoryStart(rawValue: "chrono:x") == nil)
  }

  @Test func `twentieths are means of the costs in order`() {
    #expect(MemoryTrial.twentieths(of: [3, 1]) == [3, 1])
    #expect(MemoryTrial.twentieths(of: []) == [])
    let means = MemoryTrial.twentieths(of: (0..<40).map(Double.init))
    #expect(means == (0..<20).map { 2 * Double($0) + 0.5 })
  }
}
