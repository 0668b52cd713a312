import Foundation
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

@Suite("recurrent quantize")
struct QuantizeCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test("A run's accuracy, size and time are told with weights as they were and in 8 bits")
  func images() async throws {
    try await workbench.trainSmall()
    let before = try workbench.names(in: "runs/small")
    let run = try await workbench.succeed("quantize small --json numbers.json")
    let record = try JSONDecoder().decode(
      QuantizationRecord.self,
      from: Data(try workbench.bytes(of: "numbers.json"))
    )
    #expect(run.lines.first == "small in 8 bits, on 50 test examples of MNIST")
    #expect(run.lines.dropLast() == record.lines[...])
    #expect(run.lines.last == "Written: numbers.json")
    let evaluated = try await workbench.succeed("evaluate small")
    let line = try #require(evaluated.lines.first)
    let accuracy = try #require(line.firstMatch(of: /accuracy: (.*?)% of/)).1
    #expect(decimals(100 * (try #require(record.accuracy)), 2) == accuracy)
    #expect(record.answers == 50 && record.examples == 50)
    #expect(record.matrices.map(\.rows) == [32, 32, 10])
    #expect(record.times.float32.median > 0 && record.times.int8.median > 0)
    #expect(try workbench.names(in: "runs/small") == before)
  }

  @Test("Numbers that are answered have no accuracy to lose")
  func numbers() async throws {
    try await workbench.succeed(
      "train adding --lag 6 --hidden 8 --epochs 1 --examples 200 --run adding"
    )
    let run = try await workbench.succeed("quantize adding")
    #expect(!run.output.contains("Accuracy") && run.output.contains("Cost: "))
  }

  @Test("What cannot be is refused in one line")
  func refusals() async throws {
    try await workbench.trainSmall("both", options: "--bidirectional")
    try await workbench.fail(
      "quantize both",
      exitCode: 1,
      saying: "runs/both",
      "it reads from the end"
    )
    try await workbench.fail("quantize", exitCode: 2, saying: "run")
    try await workbench.fail("quantize missing", exitCode: 1, saying: "runs/missing", "no run here")
    try await workbench.fail("quantize both --json", exitCode: 2, saying: "--json")
  }
}
