import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Runs that TensorBoard is shown.
struct TensorBoardTests {
  let workbench: Workbench

  init() throws {
    signal(SIGINT, SIG_DFL)
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  private let words = "train mnist --data images --hidden 8 --epochs 4 --batch 50"

  /// The content of the event files of a run, in order.
  private func events(of run: String) throws -> [String] {
    try workbench.names(in: "runs/\(run)/tensorboard").map { name in
      String(
        decoding: try workbench.bytes(of: "runs/\(run)/tensorboard/\(name)").map {
          (0x20..<0x7f).contains($0) ? $0 : 0x0a
        },
        as: UTF8.self
      )
    }
  }

  @Test func `showing a run changes no bit of its model`() async throws {
    try await workbench.succeed("\(words) --run plain")
    try await workbench.succeed("\(words) --tensorboard --run shown")
    let model = try workbench.bytes(of: "runs/shown/model.safetensors")
    #expect(try workbench.bytes(of: "runs/plain/model.safetensors") == model)
    #expect(try !workbench.names(in: "runs/plain").contains("tensorboard"))
    let events = try events(of: "shown")
    try #require(events.count == 1)
    for tag in [
      "cost/training", "cost/validation", "accuracy/training", "accuracy/validation",
      "pace/learning rate", "pace/examples per second", "norm/gradient", "norm/largest gradient",
      "norm/weights", "weights/lstm.weight_ih_l0",
      "weights/head.bias", "gates/lstm_l0/input", "gates/lstm_l0/forget",
      "gates/lstm_l0/candidate", "gates/lstm_l0/output", "states/lstm_l0/hidden state",
      "states/lstm_l0/cell state",
    ] {
      #expect(events[0].components(separatedBy: tag).count == 5, "\(tag)")
    }
    #expect(events[0].contains(/mistakes\/01 \d read as \d/))
  }

  @Test func `a run that is gone on with begins a second file`() async throws {
    let stopped = try await workbench.run(
      "\(words) --epochs 2000 --tensorboard --run a",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0002"))
    )
    #expect(stopped.exitCode == 143, "\(stopped)")
    let resumed = try await workbench.run(
      "train --resume a",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: "))
    )
    #expect(resumed.exitCode == 143, "\(resumed)")
    let events = try events(of: "a")
    try #require(events.count == 2)
    #expect(events.allSatisfy { $0.contains("brain.Event:2") && $0.contains("cost/training") })
  }

  @Test func `other data than pictures have no mistakes to show`() async throws {
    try await workbench.succeed(
      "train adding --examples 100 --lag 6 --hidden 4 --epochs 1 --tensorboard --run sums"
    )
    let events = try events(of: "sums")
    #expect(events.count == 1 && events[0].contains("gates/lstm_l0/forget"))
    #expect(!events[0].contains("mistakes") && !events[0].contains("accuracy"))
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/bin/sh"),
      "limits on the size of files are set by a shell"
    )
  )
  func `where the disk is full training goes on, and one line says so`() async throws {
    let words = "\(words) --epochs 40"
    try await workbench.succeed("\(words) --run whole")
    let files = try workbench.names(in: "runs/whole").filter { $0.contains(".") }
    let sizes = try files.map { try workbench.bytes(of: "runs/whole/\($0)").count }
    let blocks = (try #require(sizes.max()) + 511) / 512 + 60
    let run = try await workbench.run("\(words) --tensorboard --run a", fileBlocks: blocks)
    #expect(run.exitCode == 0, "\(run)")
    let lines = run.errorOutput.split(separator: "\n")
    try #require(lines.count == 1, "\(run)")
    #expect(lines[0].hasPrefix("warning: runs/a/tensorboard/events.out.tfevents."))
    #expect(lines[0].contains("cannot be written: File too large"))
    #expect(lines[0].hasSuffix("training goes on, and TensorBoard shows no more of it"))
    let model = try workbench.bytes(of: "runs/a/model.safetensors")
    #expect(try workbench.bytes(of: "runs/whole/model.safetensors") == model)
  }
}
