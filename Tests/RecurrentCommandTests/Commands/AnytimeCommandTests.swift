import Foundation
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

@Suite("recurrent anytime")
struct AnytimeCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private func record(_ folder: String) throws -> AnytimeRecord {
    try JSONDecoder().decode(
      AnytimeRecord.self,
      from: Data(try workbench.bytes(of: folder + "/anytime.json"))
    )
  }

  /// The accuracy that `recurrent evaluate` tells, in percent.
  private func accuracy(_ run: CommandLineRun) throws -> String {
    let line = try #require(run.lines.first)
    return String(try #require(line.firstMatch(of: /accuracy: (.*?)% of/)).1)
  }

  @Test("A run of images has tables, a headline, a chart and numbers in its folder")
  func images() async throws {
    try await workbench.trainSmall()
    let before = try workbench.names(in: "runs/small")
    let run = try await workbench.succeed("anytime small --threads 2")
    #expect(
      run.lines.first == "MNIST test: 50 examples, calibrated by 30 validation examples"
    )
    let record = try record("runs/small")
    #expect(record.points.map(\.steps) == Array(1...28) && record.meanSteps == 28)
    #expect(record.count == 50 && record.sure == 0.99)
    #expect(record.decisions.map(\.threshold) == [0.9, 0.95, 0.99, 0.999])
    let whole = try accuracy(try await workbench.succeed("evaluate small"))
    #expect(decimals(100 * record.points[27].accuracy, 2) == whole)
    let decision = record.decisions[2]
    #expect(run.lines.contains(record.headline))
    #expect(
      record.headline == """
        Decides when 99% sure: after \(decimals(decision.meanSteps, 1)) of 28 steps on average, \
        \(percent(decision.accuracy)) right (\(whole)% with all); saves \
        \(decimals(100 * decision.savedShare, 0))%
        """
    )
    #expect(run.lines.last == "Chart and numbers: runs/small/anytime.svg, anytime.json")
    #expect(
      try workbench.names(in: "runs/small") == (before + ["anytime.json", "anytime.svg"]).sorted()
    )
    let picture = try workbench.text(of: "runs/small/anytime.svg")
    for name in ["told rightly", "mean confidence", "decided, when 99% sure", "steps read"] {
      #expect(picture.contains(name))
    }
    // Again, on one thread and into another folder: the same.
    let again = try await workbench.succeed("anytime small --threads 1 --output other")
    #expect(again.lines.dropLast() == run.lines.dropLast())
    #expect(
      try workbench.bytes(of: "other/anytime.json")
        == workbench.bytes(of: "runs/small/anytime.json")
    )
  }

  @Test("Another threshold is told with the others, and validation examples are shared out")
  func options() async throws {
    try await workbench.trainSmall()
    let run = try await workbench.succeed("anytime small --on validation --sure 0.6 --output a")
    #expect(
      run.lines.first == "MNIST validation: 10 examples, calibrated by 20 other validation examples"
    )
    let record = try record("a")
    #expect(record.decisions.map(\.threshold) == [0.6, 0.9, 0.95, 0.99, 0.999])
    #expect(record.headline.hasPrefix("Decides when 60% sure: after "))
    #expect(record.points.last?.decided == record.decisions[0].sureShare)
    _ = try await workbench.succeed("anytime small --examples 7 --output b")
    #expect(try self.record("b").count == 7 && self.record("b").calibrationCount == 7)
  }

  @Test("Series of unequal lengths are read in steps of their own")
  func series() async throws {
    var text = "@problemName Slopes\n@classLabel true up down\n@data\n"
    var numbers = SeededNumbers(1)
    for index in 0..<40 {
      let slope: Float = index % 2 == 0 ? 1 : -1
      let values = (0..<4 + index % 5).map { slope * Float($0) + numbers.floats(1)[0] }
      text += values.map { "\($0)" }.joined(separator: ",") + (slope > 0 ? ":up\n" : ":down\n")
    }
    try workbench.write([UInt8](text.utf8), to: "Slopes_TRAIN.ts")
    try workbench.write([UInt8](text.utf8), to: "Slopes_TEST.ts")
    try await workbench.succeed(
      "train Slopes_TRAIN.ts --times-per-step 1 --no-differences --epochs 3 --hidden 4 --layer-dropout 0 --run slopes"
    )
    let run = try await workbench.succeed("anytime slopes")
    #expect(
      run.lines.first
        == "Slopes_TRAIN.ts test: 20 examples, calibrated by 20 other test examples"
    )
    let record = try record("runs/slopes")
    #expect(record.points.count == 8 && record.meanSteps > 4 && record.meanSteps < 8)
    #expect(record.decisions.allSatisfy { $0.meanSteps <= record.meanSteps })
  }

  @Test("A task for the memory that tells classes is measured, others are refused in a line")
  func tasks() async throws {
    let small = "--lag 12 --examples 60 --hidden 4 --epochs 1 --batch 30"
    try await workbench.succeed("train temporal-order \(small) --run order")
    let run = try await workbench.succeed("anytime order --examples 50")
    #expect(try #require(run.lines.first).contains(" at lag 12 test: 50 examples"))
    try await workbench.succeed("train adding \(small) --run adding")
    try await workbench.fail(
      "anytime adding",
      exitCode: 1,
      saying: "runs/adding: the run learned to tell numbers about each sequence",
      "tell the class of each sequence"
    )
    try await workbench.succeed("train copy \(small) --run copy")
    try await workbench.fail("anytime copy", exitCode: 1, saying: "tell the class of each step")
  }

  @Test("What cannot be measured so is said in one line")
  func wrongUse() async throws {
    for (words, saying) in [
      ("anytime", "<run>"), ("anytime a --sure 99", "--sure is 99.0; use a number above 0"),
      ("anytime a --sure 0", "--sure is 0.0"), ("anytime a --examples 0", "--examples is 0"),
      ("anytime a --threads 0", "--threads is 0"), ("anytime a --on training", "'training'"),
    ] {
      try await workbench.fail(words, exitCode: 2, saying: saying)
    }
    try await workbench.fail("anytime missing", exitCode: 1, saying: "runs/missing", "no run here")
    try workbench.makeFolder("taken")
    try await workbench.fail(
      "anytime a --output taken",
      exitCode: 1,
      saying: "taken: already exists"
    )
  }

  @Test("Data that have changed are refused")
  func changedData() async throws {
    try await workbench.trainSmall()
    try SmallImages(trainingCount: 100, testCount: 20).write(to: "images", in: workbench)
    try await workbench.fail("anytime small", exitCode: 1, saying: "MNIST", "SHA-256", "--data")
  }
}
