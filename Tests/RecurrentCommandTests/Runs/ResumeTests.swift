import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Runs that are interrupted and gone on with.
struct ResumeTests {
  let workbench: Workbench

  init() throws {
    // A process in the background of a script begins with this signal ignored, and so would those
    // that it starts.
    signal(SIGINT, SIG_DFL)
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  private let settings = "--hidden 8 --epochs 4 --batch 50 --dropout 0.1"
  private var words: String { "train mnist --data images \(settings)" }

  private func modelBytes(_ run: String) throws -> [UInt8] {
    try workbench.bytes(of: "runs/\(run)/model.safetensors")
  }

  private func checkpoints(of run: String) throws -> [String] {
    try workbench.names(in: "runs/\(run)/checkpoint")
  }

  /// A run named `a` that was asked to end after its second epoch.
  private func interrupt(_ number: Int32, options: String = "") async throws -> CommandLineRun {
    try await workbench.run(
      "\(words) --epochs 2000 --run a \(options)",
      sending: CommandLineRun.Signal(number: number, moment: .text("Epoch: 0002"))
    )
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
  func `a signal ends a run that can be gone on with, and the status says which`(
    number: Int32,
    status: Int32
  ) async throws {
    let run = try await interrupt(number)
    #expect(run.exitCode == status, "\(run)")
    let line = try Regex(
      "interrupted (in epoch \\d+, after step \\d+|after epoch \\d+): everything is saved; "
        + "go on with 'recurrent train --resume a'\n"
    )
    #expect(run.errorOutput.wholeMatch(of: line) != nil, "\(run)")
    #expect(try !workbench.names(in: "runs/a").contains { $0.hasPrefix(".") })
    try await workbench.succeed("evaluate a")
  }

  @Test func `a run whose output nobody reads any more is saved and ends`() async throws {
    let run = try await workbench.run("\(words) --epochs 2000 --run a", readingLines: 3)
    #expect(run.lines.count == 3)
    let lines = run.errorOutput.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("interrupted after epoch "), "\(run)")
    #expect(lines.last == "status 141")
    try await workbench.succeed("evaluate a")
  }

  @Test func `an interrupted run ends with the bytes of one that was not`() async throws {
    try await workbench.succeed("\(words) --epochs 40 --run whole")
    var signal: CommandLineRun.Signal? = CommandLineRun.Signal(
      number: SIGTERM,
      moment: .text("Epoch: 0003")
    )
    var line = "\(words) --epochs 40 --run a"
    for threads in [1, 3, 2] {
      let run = try await workbench.run("\(line) --threads \(threads)", sending: signal)
      line = "train --resume a"
      signal =
        threads == 1 ? CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 001")) : nil
      if run.exitCode == 0 { break }
      #expect(run.exitCode == 143, "\(run)")
    }
    #expect(try modelBytes("a") == modelBytes("whole"))
    let rows = ["a", "whole"].map { name in
      try? workbench.record(of: name).epochs.map {
        [$0.cost, $0.trainingAccuracy, $0.validationCost, $0.validationAccuracy]
      }
    }
    #expect(rows[0] != nil && rows[0] == rows[1])
  }

  @Test func `a run that came to its end is left as it is`() async throws {
    try await workbench.succeed("\(words) --run a")
    let before = try modelBytes("a")
    let run = try await workbench.succeed("train --resume a")
    #expect(run.output == "runs/a came to its end: there is nothing to go on with.\n")
    #expect(try modelBytes("a") == before)
  }

  @Test func `checkpoints are as many as asked for, and the best`() async throws {
    try await workbench.succeed(
      "\(words) --epochs 6 --checkpoint-steps 2 --keep-checkpoints 2 --run a"
    )
    let costs = try workbench.record(of: "a").epochs.compactMap(\.validationCost)
    let best = 6 * (1 + (try #require(costs.min().flatMap(costs.firstIndex))))
    let names = Set([34, 36, best]).sorted().map { "step-0000000\($0).safetensors" }
    #expect(try checkpoints(of: "a") == names)
  }

  @Test func `short epochs have no checkpoint of their own, and nothing is lost`() async throws {
    let run = try await interrupt(SIGTERM, options: "--schedule constant --keep-checkpoints 99")
    #expect(run.exitCode == 143, "\(run)")
    // The files are of the epoch that ended last, however many were put off.
    let epochs = run.lines.count { $0.hasPrefix("Epoch: ") }
    #expect(try workbench.record(of: "a").epochs.count == epochs)
    try await workbench.succeed("\(words) --schedule constant --epochs \(epochs) --run b")
    #expect(try modelBytes("a") == modelBytes("b"))
    // Before the first step and at the end there is one in any case.
    let names = try checkpoints(of: "b")
    #expect(names.first == "step-000000000.safetensors" || names.count == 4)
    #expect(names.last?.hasSuffix("\(6 * epochs).safetensors") ?? false)
  }

  @Test func `settings that differ are refused by name`() async throws {
    _ = try await interrupt(SIGTERM)
    let cases = [
      ("--hidden 9", "--hidden is 9, not 8"), ("--seed 2", "--seed is 2, not 1"),
      ("--epochs 9 --clip 0", "--epochs is 9, not 2000, --clip is none, not 1.0"),
      ("--zoneout 0.1", "--zoneout is 0.1, not none"),
      ("digits", "the data are digits, not mnist"),
      ("--preset notebook", "--optimizer is gradient-descent, not adam"),
    ]
    for (options, part) in cases {
      try await workbench.fail(
        "train \(options) --resume a",
        exitCode: 1,
        saying: "the run was begun with other settings: ",
        part,
        "without --resume"
      )
    }
    try await workbench.fail("train --resume a --run b", exitCode: 2, saying: "leave out --run")
    try await workbench.fail(
      "train --resume b",
      exitCode: 1,
      saying: "runs/b: there is no run here",
      "runs here are a"
    )
  }

  @Test func `other data are refused, the same in another folder are not`() async throws {
    _ = try await interrupt(SIGTERM, options: "--patience 3")
    try SmallImages(trainingCount: 310).write(to: "images", in: workbench)
    try await workbench.fail(
      "train --resume a",
      exitCode: 1,
      saying: "the MNIST examples are not those the run was begun with (SHA-256 "
    )
    try SmallImages().write(to: "elsewhere", in: workbench)
    try await workbench.succeed("train --resume a --data elsewhere")
  }

  @Test func `a damaged checkpoint gives way to the one before, which is said`() async throws {
    try await workbench.succeed("\(words) --run whole")
    // As the run was after its second epoch, but for files that were cut short.
    try await workbench.succeed("\(words) --checkpoint-steps 1 --keep-checkpoints 99 --run a")
    for name in try workbench.names(in: "runs/a") where name != "checkpoint" && name != "run.json" {
      try workbench.remove("runs/a/\(name)")
    }
    let record = try workbench.text(of: "runs/a/run.json")
    let test = try #require(record.firstRange(of: /,\s*"test" : \{[^}]*\}/))
    try workbench.write(
      Array(record.replacingCharacters(in: test, with: "").utf8),
      to: "runs/a/run.json"
    )
    for step in 14...24 {
      let name = "runs/a/checkpoint/step-0000000\(step).safetensors"
      try workbench.write(Array(try workbench.bytes(of: name).prefix(1000)), to: name)
    }
    let run = try await workbench.succeed("train --resume a --threads 1")
    let damaged = run.lines.filter {
      $0.contains("; going on from the checkpoint before, of step 13")
    }
    #expect(damaged.count == 11, "\(run)")
    #expect(run.lines.contains("Going on in epoch 3 of 4, after step 1."))
    #expect(try modelBytes("a") == modelBytes("whole"))
  }

  @Test func `without a whole checkpoint the run begins anew, without a record too it cannot`()
    async throws
  {
    try await workbench.succeed("\(words) --run whole")
    _ = try await workbench.run(
      "\(words) --run a --checkpoint-steps 1",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0001"))
    )
    for name in try checkpoints(of: "a") {
      try workbench.write([1, 2, 3], to: "runs/a/checkpoint/\(name)")
    }
    let record = try workbench.bytes(of: "runs/a/run.json")
    try workbench.write([], to: "runs/a/run.json")
    try await workbench.fail(
      "train --resume a",
      exitCode: 1,
      saying: "runs/a/run.json: is not the record of a run"
    )
    try workbench.write(record, to: "runs/a/run.json")
    let run = try await workbench.succeed("train --resume a")
    #expect(run.output.contains("; going on from the beginning"))
    #expect(run.lines.contains("Beginning at the first step."))
    #expect(try modelBytes("a") == modelBytes("whole"))
  }

  @Test func `a run that cannot be begun anew is left as it is`() async throws {
    _ = try await interrupt(SIGTERM)
    try workbench.remove("runs/a/checkpoint")
    try workbench.write([], to: "runs/a/checkpoint")
    let run = try await workbench.run("train --resume a")
    #expect(run.exitCode == 1)
    expectOneErrorLine(of: run, saying: ["runs/a/checkpoint/step-000000000.safetensors: cannot be"])
    #expect(
      try workbench.names(in: "runs/a") == [
        "checkpoint", "metrics.csv", "model.safetensors", "run.json",
      ]
    )
  }

  @Test func `a damaged record is taken from the checkpoint`() async throws {
    _ = try await interrupt(SIGTERM, options: "--patience 3")
    try workbench.write(Array("{".utf8), to: "runs/a/run.json")
    let run = try await workbench.succeed("train --resume a")
    #expect(run.output.contains("runs/a/run.json: is not the record of a run"))
    #expect(run.output.contains("; the checkpoint's is used"))
    #expect(try workbench.record(of: "a").test != nil)
  }

  @Test func `a record that was changed is refused, with what differs`() async throws {
    _ = try await interrupt(SIGTERM)
    let record = try workbench.text(of: "runs/a/run.json")
    let changed = record.replacing("\"seed\" : 1", with: "\"seed\" : 7")
    try workbench.write(Array(changed.utf8), to: "runs/a/run.json")
    try await workbench.fail(
      "train --resume a",
      exitCode: 1,
      saying: "runs/a/run.json: is not the record of runs/a/checkpoint/step-",
      "--seed is 1, not 7"
    )
  }

  @Test func `a second process is told who trains the run`() async throws {
    _ = try await interrupt(SIGTERM)
    let lock = try FileLock(workbench.path + "/runs/a/.lock")
    let number = ProcessInfo.processInfo.processIdentifier
    try await workbench.fail(
      "train --resume a",
      exitCode: 1,
      saying: "runs/a: process \(number) on ",
      " is training this run"
    )
    withExtendedLifetime(lock) {}
  }

  @Test func `the lock of a dead process is taken over, and what it left is removed`() async throws
  {
    _ = try await interrupt(SIGTERM, options: "--patience 3")
    try workbench.write(Array("process 4 on far".utf8), to: "runs/a/.lock")
    try workbench.write([0], to: "runs/a/checkpoint/.step-000000001.safetensors.4-1.partial")
    try workbench.write([0], to: "runs/a/.run.json.4-2.partial")
    let run = try await workbench.succeed("train --resume a")
    #expect(run.lines.contains("Took over the lock of process 4 on far, which has ended."))
    #expect(try !workbench.content.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".lock") })
  }

  @Test func `a folder whose run was killed before it began is free`() async throws {
    try workbench.write(Array("process 4 on far".utf8), to: "runs/a/.lock")
    try workbench.write([0], to: "runs/a/checkpoint/.step-000000000.safetensors.4-1.partial")
    try await workbench.fail("train --resume a", exitCode: 1, saying: "there is no run here")
    try await workbench.succeed("\(words) --run a")
    #expect(try !workbench.names(in: "runs/a").contains(".lock"))
  }

  @Test(
    .disabled(
      if: CommandLineRun.isThreadSanitized,
      "the thread sanitizer writes large files of its own, and dies of the limit"
    )
  )
  func `where the disk is full the old checkpoint stays, and one line says so`() async throws {
    // An epoch has six steps: there is a checkpoint after each.
    let words = "\(words) --epochs 8 --checkpoint-steps 6"
    try await workbench.succeed("\(words) --keep-checkpoints 9 --run whole")
    let sizes = try checkpoints(of: "whole").map {
      try workbench.bytes(of: "runs/whole/checkpoint/\($0)").count
    }
    // Room for what there is to write of the first epochs, not of the last.
    let blocks = (sizes[3] + 511) / 512
    try #require(sizes[0] < sizes[3] && 512 * blocks < sizes[8])
    let run = try await workbench.run("\(words) --run a", fileBlocks: blocks)
    #expect(run.exitCode == 1, "\(run)")
    let lines = run.errorOutput.split(separator: "\n")
    try #require(lines.count == 2, "\(run)")
    #expect(lines[0].hasPrefix("warning: runs/a/checkpoint/step-0000000"))
    #expect(lines[0].contains("cannot be written: File too large; free some space on that disk"))
    #expect(lines[0].hasSuffix("; training goes on, and saving is tried again"))
    #expect(lines[1].hasPrefix("error: runs/a/"))
    #expect(lines[1].hasSuffix("; then go on with 'recurrent train --resume a'"))
    #expect(try !workbench.content.contains { $0.hasSuffix(".partial") })
    let again = try await workbench.succeed("train --resume a")
    #expect(again.output.contains("Going on after epoch "))
    #expect(try modelBytes("a") == modelBytes("whole"))
  }
}
