import Testing

@testable import RecurrentCommand

@Suite("A record of how far back a model remembers")
struct HorizonRecordTests {
  private func record(horizon: Int, steps: Int) -> HorizonRecord {
    let times: [Double?] = [0.4, 1, 3, 3.9, 4, nil]
    let layer = HorizonRecord.Layer(
      name: "lstm_l0",
      units: 6,
      horizon: horizon,
      deadUnits: [2],
      timeConstants: [
        HorizonRecord.Layer.TimeConstants(
          part: "cell state",
          values: times,
          quartile: 1,
          median: 3,
          upperQuartile: 4,
          longest: nil
        )
      ],
      gates: [HorizonRecord.Layer.Gate(name: "forget", shutShare: 0.25, openShare: 0.5)],
      norms: [1, 0.5, 1e-12],
      parts: []
    )
    return HorizonRecord(
      run: "a",
      data: "Drawn digits",
      part: "test",
      examples: 2,
      steps: steps,
      horizon: horizon,
      layers: [layer]
    )
  }

  @Test("It is told in words how far back that is")
  func headline() {
    #expect(
      record(horizon: 19, steps: 28).headline
        == "Remembers about 19 of 28 steps: a change of the state further back comes to less than 1% of "
        + "its size at the end"
    )
    var whole = record(horizon: 3, steps: 3)
    whole.layers[0].norms = [1, 0.5, 0.196]
    #expect(
      whole.headline
        == "Remembers all 3 steps: a change of the state after the first still comes to 20% of its size "
        + "at the end"
    )
    whole.layers[0].norms[2] = nil
    #expect(whole.headline.contains("comes to more than 1% of its size"))
  }

  @Test("Tables have a row for each layer and gate")
  func tables() {
    let lines = record(horizon: 2, steps: 3).lines
    #expect(lines[0] == "Drawn digits test: 2 examples")
    let rows = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(rows.contains(["lstm_l0", "6", "16.67%", "2", "1.0", "3.0", "4.0", "never"]))
    #expect(rows.contains(["lstm_l0", "forget", "25.00%", "50.00%"]))
  }

  @Test("Time constants are counted in doubling intervals")
  func histogram() {
    let intervals = HorizonRecord.intervals(of: [0.4, 1, 3, 3.9, 4, nil])
    #expect(
      intervals.map(\.name) == ["below 1 step", "1 to 2", "2 to 4", "4 to 8", "8 or more"]
    )
    #expect(intervals.map(\.count) == [1, 1, 2, 1, 1])
    let long = HorizonRecord.intervals(of: [3e6, 0])
    #expect(long.count == 22 && long.last?.name == "1048576 or more")
    #expect(HorizonRecord.intervals(of: [0]).map(\.count) == [1])
  }
}
