import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Sweeps from the command line, whose trainings are processes.
struct SweepCommandTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages(trainingCount: 120, testCount: 30).write(to: "images", in: workbench)
  }

  private static let small = "sweep mnist --data images --epochs 2 --batch 50"

  private func record(of folder: String) throws -> SweepRecord {
    try JSONDecoder().decode(
      SweepRecord.self,
      from: Data(try workbench.bytes(of: "\(folder)/sweep.json"))
    )
  }

  @Test func `every combination is a run of its own, and all are ranked`() async throws {
    let run = try await workbench.succeed(
      "\(Self.small) --over learning-rate=0.001,0.02 --over hidden=4,8 --seeds 2"
    )
    #expect(
      run.lines[0]
        == "Sweep on MNIST: 4 trials of learning-rate and hidden, each from seeds 1 to 2"
    )
    #expect(run.lines[1].hasPrefix("Ranked by validation accuracy, on "))
    #expect(
      run.lines.count { $0.wholeMatch(of: /Trial [1-4], seed [12], learning-rate .*/) != nil } == 8
    )
    #expect(run.output.contains("\nrank  trial  learning-rate  hidden "))
    #expect(run.lines.dropLast().last?.hasPrefix("Folder: runs/sweep-mnist (") == true)
    let record = try record(of: "runs/sweep-mnist")
    #expect(record.trainings.count == 8 && record.count(.finished) == 8)

    let best = try #require(SweepStandings(record).ranked.first).trainings
      .max { ($0.outcome?.validation ?? 0) < ($1.outcome?.validation ?? 0) }
    let path = try #require(best).trial
    #expect(run.lines.last?.hasPrefix("Best: runs/sweep-mnist/trial-00\(path)-seed-") == true)
    // A dot for every trial in each of two panels, and one in the legend.
    let chart = try workbench.text(of: "runs/sweep-mnist/sweep.svg")
    let dots = chart.split(separator: "<circle class=\"mark").count - 1
    #expect(dots == 9)
    #expect(chart.contains(">learning-rate</text>") && chart.contains(">hidden</text>"))
    #expect(try workbench.text(of: "runs/sweep-mnist/sweep.csv").split(separator: "\n").count == 5)

    // Each is the run that its settings and its seed give by themselves.
    try await workbench.succeed(
      "train mnist --data images --epochs 2 --batch 50 --learning-rate 0.02 --hidden 4 --seed 2 --run alone"
    )
    #expect(
      try workbench.bytes(of: "runs/alone/model.safetensors")
        == workbench.bytes(of: "runs/sweep-mnist/trial-003-seed-2/model.safetensors")
    )
    let alone = try workbench.record(of: "alone")
    let training = record.trainings[5]
    #expect(training.trial == 3 && training.seed == 2)
    #expect(training.outcome?.validation == alone.epochs.last?.validationAccuracy)
    #expect(training.outcome?.test == alone.test?.accuracy)

    // The same command again trains nothing, and tells the same.
    let again = try await workbench.succeed(
      "\(Self.small) --over learning-rate=0.001,0.02 --over hidden=4,8 --seeds 2"
    )
    let resumed = try await workbench.succeed("sweep --resume sweep-mnist")
    #expect(again.output == resumed.output)
    #expect(again.lines[2] == "8 of 8 trainings came to their end before")
    #expect(again.lines.suffix(8) == run.lines.suffix(8))
    try await workbench.succeed("evaluate runs/sweep-mnist/trial-001-seed-1 --data images")
  }

  @Test func `a trial that fails leaves the others, and can be tried again`() async throws {
    let words = """
      \(Self.small) --hidden 4 --optimizer gradient-descent --schedule constant --clip 0 \
      --over learning-rate=0.1,3e38,0.2 --run a
      """
    let run = try await workbench.succeed(words)
    let record = try record(of: "runs/a")
    #expect(record.trainings.map(\.state) == [.finished, .failed, .finished])
    #expect(try #require(record.trainings[1].reason).hasPrefix("the loss became "))
    #expect(run.output.contains("Trial 2, learning-rate 3e38: failed: the loss became "))
    #expect(run.output.contains("\nTrial 2 failed: the loss became "))
    #expect(run.lines.contains { $0.wholeMatch(of: #/ +- +2 +3e38 +failed .*/#) != nil })

    #expect(try workbench.text(of: "runs/a/sweep.svg").contains("3e38: failed</title>"))

    let again = try await workbench.succeed("sweep --resume a")
    #expect(
      again.lines[2]
        == "2 of 3 trainings came to their end before; 1 failed, which --retry would try again"
    )
    #expect(!again.output.contains("Trial 2, "))
    let retried = try await workbench.succeed("sweep --resume a --retry --workers 1")
    #expect(retried.output.contains("Trial 2, learning-rate 3e38: failed: the loss became "))
  }

  @Test func `without a result there is an error`() async throws {
    let run = try await workbench.run(
      """
      \(Self.small) --optimizer gradient-descent --schedule constant --clip 0 --hidden 4 \
      --over learning-rate=3e38,2e38 --run a
      """
    )
    #expect(run.exitCode == 1)
    expectOneErrorLine(of: run, saying: ["no trial came to its end", "runs/a/sweep.csv says why"])
  }

  @Test func `what suits series is chosen once, and is the same for all`() async throws {
    var numbers = SeededNumbers(1)
    var text = "@problemName Slopes\n@classLabel true up down\n@data\n"
    for index in 0..<40 {
      let slope: Float = index % 2 == 0 ? 1 : -1
      let values = (0..<8).map { "\(slope * Float($0) + numbers.floats(1)[0])" }
      text += values.joined(separator: ",") + ":" + (index % 2 == 0 ? "up" : "down") + "\n"
    }
    try workbench.write([UInt8](text.utf8), to: "Slopes.ts")
    let words = "sweep Slopes.ts --epochs 3 --layer-dropout 0 --over hidden=4,6"
    let refused = try await workbench.run(words)
    #expect(refused.exitCode == 1)
    expectOneErrorLine(
      of: refused,
      saying: ["Slopes.ts: all examples are learned from", "--validation-share 0.2"]
    )
    let run = try await workbench.succeed("\(words) --validation-share 0.3")
    #expect(run.lines.count { $0.hasPrefix("Tried by cross-validation") } == 1)
    let runs = try ["001", "002"].map { try workbench.record(of: "sweep-slopes/trial-\($0)") }
    #expect(runs[0].data.choice != nil && runs[0].data.choice == runs[1].data.choice)
    #expect(
      try !workbench.text(of: "runs/sweep-slopes/trial-001.log").contains(
        "Tried by cross-validation"
      )
    )
  }

  @Test func `a wrong sweep is refused in one line`() async throws {
    for (words, message) in [
      ("", "there is nothing to sweep"),
      ("--over hiden=3,4", "'hiden', which cannot be swept; use preset, cell, hidden, "),
      ("--over hidden=3,4 --hidden 5", "--hidden is given, and swept as well"),
      ("--over hidden=3,4 --over hidden=5", "hidden is swept twice"),
      (
        "--over learning-rate=0.1,-1 --over hidden=3",
        "trial 2 (learning-rate -1, hidden 3): --learning-rate is -1.0; use a number above 0"
      ),
      (
        "--over cell=lstm,foo", "trial 2 (cell foo): The value 'foo' is invalid for '--cell <cell>'"
      ),
      ("--over merge=sum,mean", "trial 1 (merge sum): --merge goes with two directions"),
      ("--over hidden=3,4 --epochs 0", "error: --epochs is 0; use a whole number"),
      ("--over hidden=3,4 --wrong", "error: Unknown option '--wrong'"),
      ("--over hidden=3,4 --resume a", "--resume names a sweep"),
      ("--over hidden=3,4 --workers 0", "--workers is 0"),
      ("--over hidden=3,4 --run .", "--run needs a name"),
      ("--draw hidden=3..4", "--draw needs a number of draws"),
      ("none.csv --over hidden=3,4", "there is no data set and no file 'none.csv'"),
    ] {
      try await workbench.fail("sweep \(words)", exitCode: 2, saying: message)
    }
    for (words, message) in [
      ("mnist --data none --over hidden=3,4", "none"),
      (
        "mnist --data images --over read=rows,patches:40",
        "trial 2 (read patches:40): --read patches:40 does not fit MNIST"
      ),
      ("mnist --data images --batch 500 --over drop-last=false,true", "trial 2 (drop-last true): "),
      ("mnist --data images --over hidden=3,4 --run images", "runs/images: already exists"),
      ("mnist --data images --over hidden=3,4 --run file/a", "the sweep's folder cannot be made"),
      ("--resume none", "runs/none: there is no sweep here (no sweep.json)"),
    ] {
      try workbench.makeFolder("runs/images/full")
      try workbench.write([], to: "file")
      try await workbench.fail("sweep \(words)", exitCode: 1, saying: message)
    }
  }
}
