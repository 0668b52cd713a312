import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

struct RaceCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private static let small = "--examples 200 --hidden 8 --threads 1"

  private func record(of folder: String) throws -> RaceRecord {
    try JSONDecoder().decode(
      RaceRecord.self,
      from: Data(workbench.bytes(of: "\(folder)/race.json"))
    )
  }

  @Test func `cells race from the same seeds, and all numbers are kept`() async throws {
    let run = try await workbench.succeed(
      "race \(Self.small) --cells lstm,rnn --seeds 2 --epochs 2 --output race"
    )
    #expect(run.lines[0] == "Race on drawn digits: lstm, rnn")
    #expect(
      run.lines[1].hasPrefix("Each from seeds 1 to 2, 2 times through 200 examples; judged by")
    )
    #expect(run.lines.filter { $0.hasPrefix("Seed ") }.count == 4)
    #expect(run.output.contains("95% interval by Student's t"))
    #expect(run.output.contains(" behind by "))
    #expect(try workbench.text(of: "race/race.svg").hasPrefix("<svg"))
    let record = try record(of: "race")
    #expect(record.results.map(\.contender) == ["lstm", "rnn", "lstm", "rnn"])
    #expect(record.results.map(\.seed) == [1, 1, 2, 2])
    #expect(record.results.allSatisfy { $0.epochs.count == 2 && $0.value != nil })

    // Each is the run that its settings and its seed give by themselves.
    try await workbench.succeed(
      "train \(Self.small) --cell rnn --seed 1 --epochs 2 --run alone"
    )
    let alone = try workbench.record(of: "alone")
    #expect(record.results[1].value == alone.test?.accuracy)
    #expect(record.results[1].epochs.map(\.cost) == alone.epochs.map(\.validationCost))
  }

  @Test func `presets race for a time`() async throws {
    let run = try await workbench.succeed(
      "race \(Self.small) --presets standard,notebook --seeds 1 --seconds 0.05"
    )
    #expect(run.output.contains("about 0 s of training") || run.output.contains("s of training"))
    #expect(run.output.contains("one seed says little"))
    #expect(run.output.contains("Folder: runs/race-digits (race.svg, race.json)"))
    let record = try record(of: "runs/race-digits")
    #expect(record.seconds == 0.05 && record.results.allSatisfy { !$0.epochs.isEmpty })
  }

  @Test func `a race that is interrupted keeps what is done`() async throws {
    let run = try await workbench.run(
      "race \(Self.small) --cells lstm,rnn --seeds 400 --epochs 3 --output race",
      sending: CommandLineRun.Signal(number: SIGINT, moment: .text("Seed 1: rnn"))
    )
    #expect(run.exitCode == 130, "\(run)")
    #expect(run.errorOutput.contains("interrupted: "))
    #expect(try record(of: "race").results.count >= 2)
    #expect(try workbench.text(of: "race/race.svg").hasPrefix("<svg"))
  }

  @Test func `the best comes first, and what is not clear is said`() throws {
    let dataset = SequenceDataset(
      elements: .floats([1, 2]),
      labels: [0, 1],
      steps: 1,
      features: 1,
      classNames: ["a", "b"]
    )
    var record = RaceRecord(
      ["lstm", "gru", "rnn"],
      data: RunData(training: dataset, validation: nil, test: dataset, fingerprint: ""),
      selection: DataSelection(name: .digits),
      seconds: nil,
      threads: 1
    )
    for (contender, values) in [
      ("lstm", [0.90, 0.92, 0.91]), ("gru", [0.93, 0.91, 0.92]), ("rnn", [0.50, nil, 0.6]),
    ] as [(String, [Double?])] {
      for (index, value) in values.enumerated() {
        var result = RaceRecord.Result(
          contender: contender,
          seed: UInt64(index + 1),
          parameters: 10
        )
        result.value = value
        record.results.append(result)
      }
    }
    #expect(record.ranking == ["gru", "lstm", "rnn"])
    let lines = record.conclusions
    #expect(lines[1].hasPrefix("  gru   92.00% ± 2.48 points  (10 parameters, 0.0 s each)"))
    // The differences are 3, -1 and 1 points: 1 ± 4.97.
    #expect(lines[2].hasSuffix("behind by 1.00 points ± 4.97 points: not clearly"))
    #expect(lines[3] == "  rnn   diverged from 1 of 3 seeds")
  }

  @Test func `a wrong race is refused in one line`() async throws {
    for (words, message) in [
      ("--cells lstm", "--cells needs two or more"), ("--cells lstm,lstm", "each named once"),
      ("--cells lstm,foo", "'foo'"), ("--presets standard,foo", "'foo'"),
      ("--cells lstm,gru --presets standard,best", "use one of them"),
      ("--cell lstm", "--cells"), ("--seconds 0", "--seconds is 0"),
      ("--seconds 3 --epochs 2", "two budgets"), ("--seeds 0", "--seeds is 0"),
      ("--presets standard,accurate --preset best", "leave out --preset"),
    ] {
      try await workbench.fail("race \(words)", exitCode: 2, saying: message)
    }
    try workbench.makeFolder("taken")
    try await workbench.fail("race --output taken", exitCode: 1, saying: "taken: already exists")
    try await workbench.fail(
      "race --presets standard,text --examples 200",
      exitCode: 2,
      saying: "--preset text"
    )
  }
}
