import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

/// Sweeps that are interrupted, or killed, and gone on with.
@Suite(.serialized)
struct SweepResumeTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  /// The first trial ends long before the others.
  private static let words =
    "sweep mnist --data images --hidden 8 --batch 25 --over epochs=2,300,301,3"

  private func record(of folder: String) throws -> SweepRecord {
    try JSONDecoder().decode(
      SweepRecord.self,
      from: Data(try workbench.bytes(of: "\(folder)/sweep.json"))
    )
  }

  /// Expects that two sweeps left the same models, and that the same is told of them.
  private func expectSame(_ one: String, _ other: String) throws {
    for trial in 1...4 {
      let file = "trial-00\(trial)/model.safetensors"
      #expect(
        try workbench.bytes(of: "runs/\(one)/\(file)")
          == workbench.bytes(of: "runs/\(other)/\(file)"),
        "trial \(trial)"
      )
    }
    let standings = try [one, other].map { name in
      var record = try record(of: "runs/\(name)")
      for place in record.trainings.indices { record.trainings[place].outcome?.seconds = 0 }
      return SweepStandings(record)
    }
    #expect(standings[0].lines == standings[1].lines)
    #expect(standings[0].ranked.count == 4)
  }

  /// How often a training came to its end.
  private func ends(ofTrial trial: Int, in name: String) throws -> Int {
    try workbench.text(of: "runs/\(name)/trial-00\(trial).log")
      .split(separator: "\n").count { $0.hasPrefix("Training took ") }
  }

  @Test func `an interrupted sweep goes on where it was, to the same models`() async throws {
    let stopped = try await workbench.run(
      "\(Self.words) --workers 2 --run stopped",
      sending: CommandLineRun.Signal(number: SIGINT, moment: .text("Trial 1, epochs 2: "))
    )
    #expect(stopped.exitCode == 130, "\(stopped)")
    #expect(
      stopped.errorOutput
        == "interrupted: 1 of 4 trainings are done, and what the others had is saved; go on with 'recurrent sweep --resume stopped'\n"
    )
    #expect(try record(of: "runs/stopped").count(.open) == 3)
    let log = try workbench.text(of: "runs/stopped/trial-002.log")
    // On a busy machine it may have been ended before it listened, and begins anew then.
    let wasTraining = log.contains("Epoch: ")
    #expect(!wasTraining || log.contains("interrupted ") && log.contains("everything is saved"))

    let other = try await workbench.run("\(Self.words),4 --run stopped")
    #expect(other.exitCode == 1)
    expectOneErrorLine(
      of: other,
      saying: [
        "runs/stopped: was begun as another sweep",
        "--over is epochs=2,300,301,3,4, not epochs=2,300,301,3", "choose another --run NAME",
      ]
    )
    let resumed = try await workbench.succeed("sweep --resume stopped --workers 3 --threads 2")
    #expect(resumed.lines[2] == "1 of 4 trainings came to their end before")
    let whole = try workbench.text(of: "runs/stopped/trial-002.log")
    #expect(!wasTraining || whole.contains("\nGoing on "))
    try await workbench.succeed("\(Self.words) --workers 1 --run whole")
    try expectSame("stopped", "whole")
  }

  @Test func `what a killed sweep left in training is waited for, and trained once`() async throws {
    let killed = try await workbench.run(
      "\(Self.words) --workers 2 --run killed",
      sending: CommandLineRun.Signal(number: SIGKILL, moment: .text("Trial 1, epochs 2: "))
    )
    #expect(killed.exitCode == -SIGKILL, "\(killed)")
    let run = try await workbench.succeed("\(Self.words) --workers 2 --run killed")
    #expect(run.lines.last?.hasPrefix("Best: runs/killed/trial-00") == true)
    for trial in 1...4 { #expect(try ends(ofTrial: trial, in: "killed") == 1, "trial \(trial)") }
    try await workbench.succeed("\(Self.words) --run whole")
    try expectSame("killed", "whole")
  }

  @Test func `a sweep is one process's at a time`() async throws {
    try workbench.makeFolder("runs/a")
    let lock = try FileLock(workbench.path + "/runs/a/.lock")
    let run = try await workbench.run("\(Self.words) --run a")
    withExtendedLifetime(lock) {}
    #expect(run.exitCode == 1)
    expectOneErrorLine(of: run, saying: ["runs/a: process ", " is at this sweep; wait for it"])
  }

  @Test func `other data, or a damaged record, are refused`() async throws {
    let words = "sweep mnist --data images --hidden 4 --epochs 1 --over batch=50,60 --run a"
    try await workbench.succeed(words)
    let path = workbench.path + "/runs/a/sweep.json"
    var record = try record(of: "runs/a")
    record.trainings[1].reopen()
    try FileManager.default.removeItem(atPath: workbench.path + "/runs/a/trial-002")
    try Data(record.json().utf8).write(to: URL(filePath: path))
    try SmallImages(trainingCount: 310).write(to: "images", in: workbench)
    let other = try await workbench.run(words)
    #expect(other.exitCode == 1)
    expectOneErrorLine(
      of: other,
      saying: ["the MNIST examples are not those the sweep was begun with (SHA-256 "]
    )
    try SmallImages().write(to: "images", in: workbench)
    try await workbench.succeed(words)

    record.trainings.removeLast()
    for text in [try record.json(), "{}", "", String(try record.json().dropLast(9))] {
      try Data(text.utf8).write(to: URL(filePath: path))
      let run = try await workbench.run("sweep --resume a")
      #expect(run.exitCode == 1)
      expectOneErrorLine(of: run, saying: ["runs/a/sweep.json: is not the record of a sweep"])
    }
  }
}
