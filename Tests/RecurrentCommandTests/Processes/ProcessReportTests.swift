import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

/// What processes say before a run, and who is refused.
struct ProcessReportTests {
  private static func record(
    seed: UInt64 = 1,
    fingerprint: String = "aaaa",
    hidden: LayerSizes = 128,
    precision: Precision? = nil,
    instructionSet: String = "avx2",
    path: String? = nil
  ) throws -> String {
    let examples = SequenceDataset(
      elements: .bytes([UInt8](repeating: 0, count: 28 * 28), scale: 1),
      labels: [0],
      steps: 28,
      features: 28,
      classNames: ["0", "1"]
    )
    var recipe = Recipe()
    recipe.hiddenSize = hidden
    recipe.precision = precision
    var selection = DataSelection(name: .mnist)
    selection.path = path
    var record = RunRecord(
      of: selection,
      data: RunData(training: examples, validation: examples, test: examples, fingerprint: ""),
      recipe: recipe,
      seed: seed,
      threads: 1
    )
    record.dataFingerprint = fingerprint
    record.instructionSet = instructionSet
    return try record.json()
  }

  private static func refusal(_ reports: [ProcessReport]) -> String? {
    ProcessReport.refusal(of: reports) { "process \($0) on node-\($0)" }?.text
  }

  @Test("Processes that would train the same run are let, wherever their data are")
  func sameRunsAreLet() throws {
    let reports = [
      ProcessReport(program: "1", record: try Self.record(path: "/here/a.csv")),
      ProcessReport(
        program: "1",
        record: try Self.record(instructionSet: "avx512", path: "/b.csv")
      ),
    ]
    #expect(Self.refusal(reports) == nil)
  }

  @Test("Another seed, other data, settings or another program are refused by name")
  func othersAreRefused() throws {
    let own = ProcessReport(program: "1", record: try Self.record())
    func refusal(_ record: String, program: String = "1") -> String? {
      Self.refusal([own, own, ProcessReport(program: program, record: record)])
    }
    let end = "; start all processes with the same settings and data"
    let start = "process 2 on node-2 would train another run: "
    #expect(refusal(try Self.record(seed: 2)) == start + "--seed is 2, not 1" + end)
    #expect(refusal(try Self.record(hidden: 64)) == start + "--hidden is 64, not 128" + end)
    #expect(
      refusal(try Self.record(fingerprint: "bbbb"))
        == start + "the data's SHA-256 is bbbb..., not aaaa..." + end
    )
    #expect(
      refusal(try Self.record(), program: "2")
        == "process 2 on node-2 runs another program: 2, not 1; put the same one on all machines"
    )
  }

  @Test("Where products are rounded to 16 bits, the instruction set must be the same")
  func instructionSetsMatterInSixteenBits() throws {
    let reports = try ["avx512", "avx2"].map { set in
      ProcessReport(
        program: "1",
        record: try Self.record(precision: .bfloat16, instructionSet: set)
      )
    }
    #expect(Self.refusal(reports)?.contains("its instruction set is avx2, not avx512") == true)
  }

  @Test("The first failure is told, process 0's without its name")
  func failuresAreTold() throws {
    let good = ProcessReport(program: "1", record: try Self.record())
    let bad = ProcessReport(failure: "no data", isWrongUse: true, program: "1")
    #expect(Self.refusal([good, bad, bad]) == "process 1 on node-1: no data")
    #expect(Self.refusal([bad, good]) == "no data")
    #expect(ProcessReport.refusal(of: [good, bad]) { "\($0)" }?.isWrongUse == true)
  }
}
