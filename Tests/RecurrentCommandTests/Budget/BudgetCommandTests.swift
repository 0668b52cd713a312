import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

/// Runs of the built command; how fast anything is decides nothing here.
struct BudgetCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test func `a model that is described is measured, and the numbers are kept`() async throws {
    let run = try await workbench.succeed(
      """
      budget --cell gru --inputs 2 --hidden 8,4 --outputs 3 --rate 1000000000 --seconds 0.01 \
      --json kept.json
      """
    )
    // Three gates over inputs and state with a bias, an inner bias a unit, and the head.
    let weights: Int = 3 * (8 * 11 + 4 * 13) + 12 + 15
    #expect(run.lines[1] == "GRU 2 -> 8 -> 4 -> 3: \(weights) weights")
    #expect(
      run.lines[2].starts(
        with:
          /A step: median [\d.]+ (µ|m)s, p99\.9 [\d.]+ (µ|m)s in the quietest of 3 rounds, worst/
      )
    )
    #expect(run.lines[3].hasPrefix("Interrupted: "))
    #expect(run.lines[4].hasSuffix("too late for one stream"))
    // A nanosecond is too short for any step.
    #expect(
      run.lines[5].hasPrefix("Largest hidden size in time: none; the smallest measured is 16")
    )
    #expect(run.lines[6] == "Written: kept.json")
    let record = try JSONDecoder().decode(
      BudgetRecord.self,
      from: Data(try workbench.bytes(of: "kept.json"))
    )
    #expect(record.layers.map { $0.directions[0].hiddenSize } == [8, 4])
    #expect(record.outputs == 3 && record.streams == 0 && record.share > 1)
    #expect(record.deadline.seconds == 1e-9)
    #expect(record.search.largest == nil && record.search.tooLarge?.hidden == 16)
    #expect(record.times.worst >= record.times.p999 && record.times.p999 >= record.times.median)
    #expect(record.times.steps > 0)
  }

  @Test func `a run's own model is measured`() async throws {
    try await workbench.trainSmall()
    let run = try await workbench.succeed(
      "budget small --rate 1000000000 --seconds 0.01"
    )
    #expect(run.lines[1] == "small: \(try workbench.model(of: "small").parameterCount) weights")
    #expect(run.lines.count == 6)
    let int8 = try await workbench.succeed(
      "budget small --rate 1000000000 --seconds 0.01 --weights int8"
    )
    #expect(int8.lines[1] == run.lines[1] + ", in 8 bits")
  }

  @Test(arguments: [
    ("budget", "--rate"),
    ("budget --rate 0", "--rate is 0.0; use a number above 0, up to 1000000000"),
    ("budget --rate nan", "--rate is nan"),
    ("budget --rate -5", "--rate is -5.0"),
    ("budget --rate fast", "'fast'"),
    ("budget --rate 48000 --block 0", "--block is 0; use a whole number from 1 to 1000000"),
    ("budget --rate 48000 --seconds 0", "--seconds is 0.0"),
    ("budget --rate 48000 --hidden 4097", "--hidden is 4097; use a whole number from 1 to 4096"),
    ("budget --rate 48000 --inputs 0", "--inputs is 0"),
    ("budget --rate 48000 --outputs 65537", "--outputs is 65537"),
    ("budget --rate 48000 --cell cru", "lstm, rnn, gru"),
    ("budget --rate 48000 --weights int4", "'float32' and 'int8'"),
    ("budget small --rate 48000 --hidden 4", "a run has a cell and sizes of its own"),
  ])
  func `a wrong word ends with exit code 2 and one line`(
    words: String,
    saying: String
  ) async throws {
    try await workbench.fail(words, exitCode: 2, saying: saying)
  }

  @Test func `what cannot be measured ends with exit code 1 and one line`() async throws {
    try await workbench.fail(
      "budget nowhere --rate 48000",
      exitCode: 1,
      saying: "runs/nowhere: there is no run here"
    )
    try await workbench.fail(
      "budget --rate 48000 --json no/such/folder/kept.json",
      exitCode: 1,
      saying: "create the folder first"
    )
    try await workbench.trainSmall("both", options: "--bidirectional")
    try await workbench.fail(
      "budget both --rate 48000",
      exitCode: 1,
      saying: "both: layer 0 is a Bidirectional",
      "cannot be streamed: it reads from the end"
    )
  }
}
