import Foundation
import Testing

@testable import RecurrentCommand

@Suite("recurrent horizon")
struct HorizonCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private func record(_ folder: String) throws -> HorizonRecord {
    try JSONDecoder().decode(
      HorizonRecord.self,
      from: Data(try workbench.bytes(of: folder + "/horizon.json"))
    )
  }

  @Test("A run has a line, tables, charts and numbers in its folder")
  func run() async throws {
    try await workbench.trainSmall()
    let before = try workbench.names(in: "runs/small")
    let run = try await workbench.succeed("horizon small --examples 3 --threads 2")
    let record = try record("runs/small")
    #expect(
      run.lines.first == "MNIST test: 3 examples" && run.lines.dropFirst().first == record.headline
    )
    #expect(record.examples == 3 && record.steps == 28 && record.layers.count == 1)
    let layer = try #require(record.layers.first)
    #expect(layer.name == "lstm_l0" && layer.units == 8 && layer.norms.count == 28)
    #expect(layer.norms[0] == 1 && layer.horizon == record.horizon)
    #expect(layer.timeConstants.map(\.part) == ["cell state"])
    #expect(layer.timeConstants[0].values.count == 8)
    #expect(layer.gates.map(\.name) == ["input", "forget", "output"])
    #expect(run.output.contains("below 0.1  above 0.9"))
    let row = try #require(run.lines.first { $0.hasPrefix("lstm_l0") })
    #expect(row.split(separator: " ").map(String.init)[1] == "8")
    let names = ["horizon.json", "horizon.svg", "time-constants.svg"]
    #expect(try workbench.names(in: "runs/small") == (before + names).sorted())
    #expect(
      run.lines.last
        == "Charts and numbers: runs/small/horizon.svg, time-constants.svg, horizon.json"
    )
    #expect(try workbench.text(of: "runs/small/horizon.svg").contains("steps back from the end"))
    #expect(
      try workbench.text(of: "runs/small/time-constants.svg").contains("units by time constant")
    )
    let again = try await workbench.succeed("horizon small --examples 3 --threads 1 --output b")
    #expect(again.lines.dropLast() == run.lines.dropLast())
    #expect(
      try workbench.bytes(of: "b/horizon.json") == workbench.bytes(of: "runs/small/horizon.json")
    )
  }

  @Test("Any task will do, and a cell without gates has no time constants")
  func tasks() async throws {
    let small = "--lag 12 --examples 60 --hidden 4 --epochs 1 --batch 30"
    try await workbench.succeed("train adding \(small) --cell rnn --run plain")
    let run = try await workbench.succeed("horizon plain --examples 2")
    #expect(run.lines.last == "Charts and numbers: runs/plain/horizon.svg, horizon.json")
    #expect(!run.output.contains("above 0.9"))
    #expect(try record("runs/plain").layers[0].timeConstants.isEmpty)
    try workbench.write([UInt8](String(repeating: "to be or not. ", count: 400).utf8), to: "a.txt")
    try await workbench.succeed(
      "train a.txt --cell lem --hidden 4 --batch 4 --window 16 --epochs 1 --run text"
    )
    let text = try await workbench.succeed("horizon text --examples 2")
    #expect(text.output.contains("  its hidden state"))
    #expect(
      try record("runs/text").layers[0].timeConstants.map(\.part) == ["memory", "hidden state"]
    )
  }

  @Test("What cannot be measured is said in one line")
  func wrongUse() async throws {
    for (words, saying) in [
      ("horizon", "<run>"), ("horizon a --examples 0", "--examples is 0"),
      ("horizon a --threads 0", "--threads is 0"),
    ] {
      try await workbench.fail(words, exitCode: 2, saying: saying)
    }
    try await workbench.fail("horizon missing", exitCode: 1, saying: "runs/missing", "no run here")
    try workbench.makeFolder("taken")
    try await workbench.fail(
      "horizon a --output taken",
      exitCode: 1,
      saying: "taken: already exists"
    )
  }
}
