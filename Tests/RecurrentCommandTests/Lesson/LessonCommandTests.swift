import Foundation
import Testing

@testable import RecurrentCommand

struct LessonCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test func `a chapter is told in plain text of 80 columns, and nothing is written`() async throws
  {
    let run = try await workbench.succeed("lesson --chapter 4")
    #expect(run.lines.first == "Chapter 4: the ledger: a gradient by hand")
    #expect(run.lines.allSatisfy { $0.count <= 80 })
    #expect(!run.output.contains("\u{1B}"))
    #expect(run.output.contains("  L = -ln(p2) = -ln("))
    #expect(run.output.contains("Gradients of 38 weights. The ledger differs"))
    #expect(!run.output.contains("Chapter 3") && !run.output.contains("Chapter 5"))
    #expect(try workbench.content == [])
  }

  @Test func `a folder gets the listings and figures, again and again`() async throws {
    let first = try await workbench.succeed("lesson --chapter 1 --output a/b")
    #expect(first.lines.last == "Folder: a/b (7 files)")
    let names = try workbench.names(in: "a/b")
    #expect(names.count == 7 && names.allSatisfy { $0.hasPrefix("lesson-rnn-") })
    let step = try workbench.text(of: "a/b/lesson-rnn-step.txt")
    #expect(first.output.contains("  " + step.split(separator: "\n")[0]))
    try workbench.write([1], to: "a/b/lesson-rnn-step.txt")
    try workbench.write([1], to: "a/b/own.txt")
    try await workbench.succeed("lesson --chapter 1 --output a/b --threads 3")
    #expect(try workbench.text(of: "a/b/lesson-rnn-step.txt") == step)
    #expect(try workbench.bytes(of: "a/b/own.txt") == [1])
  }

  @Test(arguments: [
    ("--chapter 9", "--chapter is 9; use a whole number from 1 to 5"),
    ("--chapter 0", "--chapter is 0"),
    ("--chapter -1", "--chapter is -1"),
    ("--chapter two", "'two'"),
    ("--threads 0", "--threads is 0"),
    ("ledger", "ledger"),
  ])
  func `a wrong option is refused in one line`(words: String, saying: String) async throws {
    try await workbench.fail("lesson \(words)", exitCode: 2, saying: saying)
  }

  @Test func `what is no folder to write to is refused before anything is told`() async throws {
    try workbench.write([1], to: "taken")
    try await workbench.fail(
      "lesson --output taken",
      exitCode: 1,
      saying: "taken: is a file, not a folder; choose another --output"
    )
    try await workbench.fail(
      "lesson --output taken/below",
      exitCode: 1,
      saying: "taken/below: the folder cannot be made; choose an --output folder you may write to"
    )
    try await workbench.fail(
      ["lesson", "--output", ""],
      exitCode: 2,
      saying: ["--output needs a folder"]
    )
  }
}
