import Foundation
import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

/// Which trials did best.
struct SweepStandingsTests {
  /// A sweep over the hidden size whose trials came to these values from each seed; nil where one
  /// failed.
  private func record(
    _ values: [[Double?]],
    task: DataSetName = .digits
  ) throws -> SweepRecord {
    let plan = SweepPlan(
      options: [],
      over: [
        try SweepAxis(
          "hidden=" + (1...values.count).map { "\($0)" }.joined(separator: ","),
          isDrawn: false
        )
      ],
      draw: [],
      seed: 1,
      seeds: values[0].count
    )
    let dataset = SequenceDataset(
      elements: .floats([1, 2]),
      labels: [0, 1],
      steps: 1,
      features: 1,
      classNames: ["a", "b"]
    )
    var record = SweepRecord(
      plan,
      try plan.trials(),
      chosen: [],
      selection: DataSelection(name: task),
      data: RunData(training: dataset, validation: dataset, test: dataset, fingerprint: "f"),
      validationCount: 2
    )
    for (place, value) in values.joined().enumerated() {
      if let value {
        record.trainings[place].finish(
          SweepTraining.Outcome(validation: value, test: value / 2, epochs: 1, seconds: 2)
        )
      } else {
        record.trainings[place].fail("the loss became NaN at epoch 1, step 3; try another")
      }
    }
    return record
  }

  private func ranks(_ record: SweepRecord) -> [[Int?]] {
    SweepStandings(record).all.map { [$0.trial.number, $0.rank] }
  }

  @Test func `the highest accuracy comes first, or the lowest cost`() throws {
    #expect(try ranks(record([[0.5], [0.9], [0.7]])) == [[2, 1], [3, 2], [1, 3]])
    #expect(try ranks(record([[0.5], [0.9], [0.7]], task: .text)) == [[1, 1], [3, 2], [2, 3]])
    #expect(try record([[0.5], [1]], task: .text).measure == .cost)
    #expect(try record([[0.5], [1]], task: .adding).measure == .cost)
  }

  @Test func `equals share a place, and the next has the one after them`() throws {
    #expect(
      try ranks(record([[0.5], [0.9], [0.9], [0.7]])) == [[2, 1], [3, 1], [4, 3], [1, 4]]
    )
  }

  @Test func `a trial without a result from every seed has no place`() throws {
    var record = try record([[0.5, 0.6], [0.9, nil], [0.7, 0.4], [0.6, 0.6]])
    record.trainings[7].reopen()
    #expect(ranks(record) == [[1, 1], [3, 1], [2, nil], [4, nil]])
    let all = SweepStandings(record).all
    #expect(all.map(\.state) == ["finished", "finished", "failed", "open"])
  }

  @Test func `the mean over the seeds is told with its interval`() throws {
    let standings = SweepStandings(try record([[0.90, 0.92, 0.91], [0.93, 0.91, 0.92]]))
    // The mean ± 4.3027 · 0.01 / √3; the differences are 3, -1 and 1 points: 1 ± 4.97.
    #expect(
      standings.lines == [
        "rank  trial  hidden            validation    test  seconds",
        "   1      2       2  92.00% ± 2.48 points  46.00%      2.0",
        "   2      1       1  91.00% ± 2.48 points  45.50%      2.0",
      ]
    )
    #expect(
      standings.verdict
        == "Trial 2 is ahead of trial 1 by 1.00 points ± 4.97 points (95% interval by Student's t over 3 seeds, paired): they cannot be told apart."
    )
    let clear = SweepStandings(try record([[0.9, 0.7], [0.8, 0.6], [nil, 0.5]]))
    #expect(try #require(clear.verdict).hasSuffix(", paired): clearly."))
    #expect(
      clear.lines.suffix(2) == [
        "   -      3       3                  failed       -      2.0",
        "Trial 3, seed 1 failed: the loss became NaN at epoch 1, step 3",
      ]
    )
  }

  @Test func `one seed tells no two apart`() throws {
    let verdict = try #require(SweepStandings(try record([[0.9], [0.8]])).verdict)
    #expect(verdict.contains("ahead of trial 2 by 10.00 points: one seed cannot tell them apart"))
    let equal = try #require(SweepStandings(try record([[0.9], [0.9]])).verdict)
    #expect(equal.hasPrefix("Trials 1 and 2 did equally well: one seed cannot"))
    let alone = try #require(SweepStandings(try record([[nil], [0.9]])).verdict)
    #expect(alone == "Trial 2 is the only one that came to its end.")
    #expect(SweepStandings(try record([[nil], [nil]])).verdict == nil)
  }

  @Test func `the run that did best is named`() throws {
    let standings = SweepStandings(try record([[0.7, 0.8], [0.5, 0.6]]))
    #expect(
      standings.choice(in: SweepFolder(named: "my sweep"))
        == "Best: runs/my sweep/trial-001-seed-2, see 'recurrent evaluate 'runs/my sweep/trial-001-seed-2''"
    )
  }

  @Test func `the table for other programs has every trial`() throws {
    let table = SweepStandings(try record([[0.5], [nil]])).commaSeparated(
      in: SweepFolder(named: "a")
    )
    #expect(
      table == """
        rank,trial,hidden,validation_accuracy,validation_half_width,test_accuracy,seconds,state,reason,runs
        1,1,1,0.5,,0.25,2.0,finished,,trial-001
        ,2,2,,,,,failed,"the loss became NaN at epoch 1, step 3; try another",trial-002

        """
    )
  }

  @Test func `a record is the same after it was written and read`() throws {
    let record = try record([[0.5, 0.25], [nil, 0.1]])
    let read = try JSONDecoder().decode(SweepRecord.self, from: Data(try record.json().utf8))
    #expect(read == record)
  }
}
