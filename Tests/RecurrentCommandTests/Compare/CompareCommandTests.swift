import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

struct CompareCommandTests {
  let workbench: Workbench

  init() throws {
    signal(SIGTERM, SIG_DFL)
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  private let words = "train mnist --data images --epochs 2 --batch 50"

  /// The cells of a line of the table that begins with a name.
  private func cells(_ name: String, _ run: CommandLineRun) throws -> [String] {
    let line = try #require(run.lines.first { $0.hasPrefix("\(name)  ") }, "\(run)")
    return line.dropFirst(name.count).components(separatedBy: "  ")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  @Test func `two runs are shown as their records have them`() async throws {
    try await workbench.succeed("\(words) --hidden 8 --run a")
    try await workbench.succeed("\(words) --hidden 6 --seed 2 --epochs 3 --run b")
    let run = try await workbench.succeed("compare a b")
    #expect(run.lines.last == "Comparison: runs/compare.html (open it in a browser)")
    #expect(try cells("", run) == ["a", "b"])
    #expect(try cells("--hidden", run) == ["8", "6"])
    #expect(try cells("--seed", run) == ["1", "2"])
    #expect(try cells("--epochs", run) == ["2", "3"])
    // Settings that are the same are left out.
    #expect(!run.output.contains("--cell") && !run.output.contains("--learning-rate"))
    let records = try ["a", "b"].map { try workbench.record(of: $0) }
    let tests = try records.map { try #require($0.test) }
    #expect(try cells("test cost", run) == tests.map { decimals($0.cost, 4) })
    #expect(try cells("test accuracy", run) == tests.map { percent($0.accuracy ?? .nan) })
    let intervals = tests.compactMap { ShareInterval(share: $0.accuracy ?? 0, count: $0.count) }
    #expect(
      try cells("its 95% interval", run)
        == intervals.map { "\(percent($0.bounds.lowerBound)) to \(percent($0.bounds.upperBound))" }
    )
    let best = try records.map { record in
      try #require(record.epochs.min { ($0.validationCost ?? 9) < ($1.validationCost ?? 9) })
    }
    #expect(try cells("best epoch", run) == best.map { "\($0.epoch)" })
    #expect(
      try cells("validation cost there", run) == best.map { decimals($0.validationCost ?? 0, 4) }
    )
    let counts = try ["a", "b"].map { "\(try workbench.model(of: $0).parameterCount)" }
    #expect(try cells("parameters", run) == counts)
    #expect(run.output.contains("Note: A run keeps what its answers came to"))

    let page = try workbench.text(of: "runs/compare.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    #expect(!page.contains("<script") && !page.contains("http-equiv=\"refresh\""))
    // The first chart is of the validation cost; its third epoch is of the second run alone.
    let tip = try #require(
      page.firstMatch(of: /epoch 3<br \/><b class="s1">●<\/b> b: ([\d.]+)<\/span>/)
    )
    let cost = try #require(records[1].epochs[2].validationCost)
    let shown = try #require(Double(tip.1))
    #expect(abs(shown - cost) < 1e-3 * cost)
    for text in ["Settings that differ", "--hidden", "Where the time went", "Norm of the weights"] {
      #expect(page.contains(text), "\(text)")
    }
    // It can be made again, and elsewhere.
    try await workbench.succeed("compare b a")
    try await workbench.succeed("compare a b --output new/page.html")
    #expect(try workbench.names(in: "new") == ["page.html"])
    try await workbench.fail(
      "compare a b --output new/page.html",
      exitCode: 1,
      saying: "new/page.html: already exists"
    )
  }

  @Test
  func `runs on other data, unfinished and old ones are compared, and what cannot be is said`()
    async throws
  {
    try await workbench.succeed("\(words) --hidden 8 --run whole")
    try await workbench.succeed(
      "train adding --examples 60 --lag 6 --hidden 4 --epochs 1 --run sums"
    )
    let stopped = try await workbench.run(
      "\(words) --hidden 8 --epochs 900 --run begun",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0002"))
    )
    #expect(stopped.exitCode == 143, "\(stopped)")
    try await workbench.succeed("\(words) --hidden 8 --seed 3 --run old")
    try workbench.makeOld("old")
    // Everything is read from the records.
    try workbench.write(Array("not,a table".utf8), to: "runs/whole/metrics.csv")
    try workbench.remove("runs/begun/model.safetensors")
    let run = try await workbench.succeed("compare whole sums begun old")
    let begun = try workbench.record(of: "begun").epochs.count
    #expect(try cells("epochs", run) == ["2", "1", "\(begun) of 900, unfinished", "2"])
    #expect(try cells("test accuracy", run)[1...2] == ["-", "-"])
    #expect(try cells("parameters", run)[2] == "-")
    #expect(try cells("last gradient norm", run)[3] == "-")
    #expect(run.output.contains("Note: The runs answer different questions ("))
    #expect(run.output.contains("Note: begun has not come to its end: "))
    #expect(run.output.contains("Note: old has epochs of a version that measured neither norms"))
    #expect(!run.output.contains("Note: A run keeps what its answers came to"))
    let page = try workbench.text(of: "runs/compare.html")
    #expect(page.contains("begun has not come to its end"))
  }

  @Test func `runs of one name in two folders are told apart by their paths`() async throws {
    try await workbench.succeed("\(words) --hidden 8 --run one/a")
    try await workbench.succeed("\(words) --hidden 7 --run two/a")
    let run = try await workbench.succeed("compare one/a two/a")
    #expect(try cells("", run) == ["one/a", "two/a"])
    #expect(try cells("--hidden", run) == ["8", "7"])
  }

  @Test func `what cannot be compared is refused without a trace`() async throws {
    try await workbench.succeed("\(words) --hidden 8 --run a")
    try await workbench.succeed("\(words) --hidden 8 --run b")
    try await workbench.fail("compare a", exitCode: 2, saying: "compare takes 2 to 20 runs, not 1")
    let many = (1...21).map { "r\($0)" }.joined(separator: " ")
    try await workbench.fail("compare \(many)", exitCode: 2, saying: "2 to 20 runs, not 21")
    try await workbench.fail(
      "compare a c",
      exitCode: 1,
      saying: "runs/c: there is no run here",
      "runs here are a, b"
    )
    try await workbench.fail("compare a a", exitCode: 2, saying: "runs/a is named twice")
    try await workbench.fail("compare a b ./runs/a/", exitCode: 2, saying: "is named twice")
    try FileManager.default.createSymbolicLink(
      atPath: workbench.path + "/runs/link",
      withDestinationPath: "a"
    )
    try await workbench.fail("compare a link", exitCode: 2, saying: "runs/link is named twice")
    try await workbench.fail(
      ["compare", "a", "b", "--output", ""],
      exitCode: 2,
      saying: ["--output needs a file"]
    )
    try await workbench.fail(
      "compare a b --output images/train-labels-idx1-ubyte/x.html",
      exitCode: 1,
      saying: "its folder cannot be made"
    )
    try workbench.write(Array("{".utf8), to: "runs/b/run.json")
    try await workbench.fail(
      "compare a b",
      exitCode: 1,
      saying: "runs/b/run.json: is not the record of a run"
    )
  }
}
