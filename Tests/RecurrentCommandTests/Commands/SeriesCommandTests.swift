import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Files of series from a file to a model that tells their classes.
struct SeriesCommandTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try workbench.write(Self.file(count: 24, seed: 1), to: "Slopes_TRAIN.ts")
    try workbench.write(Self.file(count: 12, seed: 2), to: "Slopes_TEST.ts")
  }

  /// Series of two variables and unequal lengths that rise or fall.
  private static func file(count: Int, seed: UInt64) -> [UInt8] {
    var numbers = SeededNumbers(seed)
    var text = "@problemName Slopes\n@dimensions 2\n@classLabel true up down\n@data\n"
    for index in 0..<count {
      let length = numbers.integer(in: 6...12)
      let slope: Float = index % 2 == 0 ? 1 : -1
      let first = (0..<length).map { slope * Float($0) + numbers.floats(1)[0] }
      let second = numbers.floats(length)
      let words = [first, second].map { $0.map { "\($0)" }.joined(separator: ",") }
      text += words.joined(separator: ":") + ":" + (index % 2 == 0 ? "up" : "down") + "\n"
    }
    return [UInt8](text.utf8)
  }

  private static let settings = "--epochs 40 --hidden 8 --layer-dropout 0"

  @Test func `series are learned as was chosen, told, and gone on with`() async throws {
    let run = try await workbench.succeed("train Slopes_TRAIN.ts \(Self.settings) --run slopes")
    #expect(run.lines[0] == "Tried by cross-validation on the training series:")
    #expect(run.output.contains("every time with differences: cost "))
    #expect(run.output.contains("Tested on Slopes_TEST.ts: 12 series"))
    let record = try workbench.record(of: "slopes")
    #expect(record.data.choice != nil && record.validationCount == 0 && record.testCount == 12)
    #expect(record.epochs.allSatisfy { $0.validationCost == nil })
    #expect(try #require(record.test?.accuracy) >= 0.9)

    let judged = try await workbench.succeed("evaluate slopes")
    #expect(judged.lines[0].hasPrefix("Slopes_TRAIN.ts test accuracy: "))
    let told = try await workbench.succeed("predict slopes Slopes_TEST.ts")
    #expect(told.lines.count == 12 && told.lines[0].hasPrefix("Slopes_TEST.ts, series 1: up "))

    let words = "train Slopes_TRAIN.ts \(Self.settings) --times-per-step 2 --differences"
    try await workbench.succeed("\(words) --run whole")
    try await workbench.expectSameBits(
      of: words,
      interruptedAfter: "Epoch: 0002",
      as: "whole"
    )
  }

  @Test func `one file is split, and part of it watched if asked`() async throws {
    try workbench.write(Self.file(count: 40, seed: 3), to: "slopes.ts")
    let run = try await workbench.succeed(
      "train slopes.ts \(Self.settings) --times-per-step 1 --validation-share 0.25 --patience 20 --run a"
    )
    #expect(run.output.contains("24 examples to train, 8 to validate, 8 to test"))
    #expect(run.output.contains("Tested on a fifth of the file"))
    #expect(try workbench.record(of: "a").epochs.allSatisfy { $0.validationCost != nil })
  }

  @Test func `test series that were learned from are counted`() async throws {
    let training = String(decoding: Self.file(count: 24, seed: 1), as: UTF8.self)
    let shared = training.split(separator: "\n").suffix(3).joined(separator: "\n")
    let test = String(decoding: Self.file(count: 12, seed: 2), as: UTF8.self) + shared + "\n"
    try workbench.write([UInt8](test.utf8), to: "Slopes_TEST.ts")
    let run = try await workbench.succeed(
      "train Slopes_TRAIN.ts \(Self.settings) --times-per-step 1 --run a"
    )
    let line = "3 of 15 test examples are also in training, number for number"
    #expect(run.lines.contains(line), "\(run)")
    #expect(
      run.output.contains(/Baselines: .* by the most frequent class \(up\), .* by the length/)
    )
    #expect(run.output.contains(/Padding: \d+\.\d\d% of the steps in training batches/))
    let page = try workbench.text(of: "runs/a/report.html")
    #expect(page.contains("How good that is") && page.contains(line))
    #expect(try workbench.record(of: "a").assessment?.leakages.first?.shared == 3)
    #expect(try await workbench.succeed("evaluate a").lines.contains(line))
  }

  @Test func `what cannot be learned from is named`() async throws {
    func series(_ lines: [String], classes: String = "up down") -> [UInt8] {
      [UInt8](
        (["@classLabel true \(classes)", "@data"] + lines + [""]).joined(separator: "\n").utf8
      )
    }
    try workbench.write(series(["1,2,3:up", "3,2,1:up", "1,1,2:up"]), to: "one_TRAIN.ts")
    try workbench.write(series(["1,2,3:up"]), to: "one_TEST.ts")
    try await workbench.fail(
      "train one_TRAIN.ts",
      exitCode: 1,
      saying: "all series are of class 'up'"
    )
    try workbench.write(series(["1,2,3:up", "3,2,1:up"]), to: "seen_TRAIN.ts")
    try workbench.write(series(["1,2,3:down"]), to: "seen_TEST.ts")
    try await workbench.fail(
      "train seen_TRAIN.ts",
      exitCode: 1,
      saying: "seen_TEST.ts: series 1 is of class 'down', of which there is none to train on"
    )
    try await workbench.fail("train one_TRAIN.ts --test none.ts", exitCode: 1, saying: "none.ts")
    try workbench.write(series(["1,x,3:up"]), to: "broken.ts")
    try await workbench.fail(
      "train broken.ts",
      exitCode: 1,
      saying: "line 3, column 3: 'x' is no number"
    )
    try workbench.write([], to: "empty.ts")
    try await workbench.fail("train empty.ts", exitCode: 1, saying: "empty.ts: is empty")
    try await workbench.fail(
      "train Slopes_TRAIN.ts --patience 3 --times-per-step 1",
      exitCode: 1,
      saying: "--patience"
    )
    try await workbench.fail(
      "train Slopes_TRAIN.ts --times-per-step 0",
      exitCode: 2,
      saying: "--times-per-step is 0"
    )
    try await workbench.fail(
      "train Slopes_TRAIN.ts --tokens bytes",
      exitCode: 2,
      saying: "--tokens"
    )
    for words in ["--read columns", "--read pixels", "--preset best"] {
      try await workbench.fail(
        "train Slopes_TRAIN.ts \(words)",
        exitCode: 2,
        saying: "--read and presets for images do not go with series; leave them out"
      )
    }
    try await workbench.fail("train --differences", exitCode: 2, saying: "--differences")
  }

  @Test func `constant and missing numbers are told`() async throws {
    let lines = (0..<16).map { index in
      index % 2 == 0 ? "1,?,3,4:5,5,5,5:up" : "4,3,2,?:5,5,5,5:down"
    }
    let text = (["@dimensions 2", "@classLabel true up down", "@data"] + lines + [""])
      .joined(separator: "\n")
    try workbench.write([UInt8](text.utf8), to: "gaps_TRAIN.ts")
    try workbench.write([UInt8](text.utf8), to: "gaps_TEST.ts")
    let run = try await workbench.succeed(
      "train gaps_TRAIN.ts \(Self.settings) --times-per-step 1 --run gaps"
    )
    #expect(run.output.contains("Variable 2 never changes in training"))
    #expect(run.output.contains("16 numbers are missing in training"))
  }

  @Test func `of candidates that are about as good the simplest is chosen`() {
    #expect(SeriesSearch.simplest(of: [[1, 1.2], [1.1, 1.2], [0.9, 1.1]]) == 2)
    #expect(SeriesSearch.simplest(of: [[1, 1.3], [1.2, 1], [3, 3]]) == 0)
    #expect(SeriesSearch.simplest(of: [[1], [0.9]]) == 1)
  }
}
