import Foundation
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Runs that are killed at random moments, again and again, and gone on with.
///
/// `RECURRENT_KILLS` says how many times in all; a few by default, many at night.
@Suite(.serialized)
struct KillTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  private static let kills = max(
    1,
    ProcessInfo.processInfo.environment["RECURRENT_KILLS"].flatMap { Int($0) } ?? 10
  )

  /// Ways of training that remember different things.
  private static let ways = [
    "--checkpoint-steps 1",
    "--optimizer momentum --schedule plateau --patience 4 --average 0.9 --checkpoint-steps 2",
    """
    --cell gru --hidden 6,6 --bidirectional --optimizer adamw --schedule one-cycle --dropout 0.2 \
    --layer-dropout 0.1 --zoneout 0.1 --augment affine --keep-checkpoints 1
    """,
  ]

  @Test(arguments: ways)
  func `a run killed at random ends with the bytes of one that was not`(way: String) async throws {
    let words = "train mnist --data images --hidden 8 --epochs 6 --batch 25 \(way)"
    let clock = ContinuousClock()
    let start = clock.now
    try await workbench.succeed("\(words) --run whole")
    var whole = (clock.now - start) / .seconds(1)
    let expected = try workbench.bytes(of: "runs/whole/model.safetensors")
    var numbers = SeededNumbers(UInt64(whole * 1e6))
    var kills = 0
    var runs = 0
    let wanted = (Self.kills + Self.ways.count - 1) / Self.ways.count
    while kills < wanted {
      runs += 1
      let name = "killed-\(runs)"
      var isFinished = false
      while !isFinished {
        // Killed before there was anything to go on with, a run is begun again.
        let names = (try? workbench.names(in: "runs/\(name)/checkpoint")) ?? []
        let isBegun = names.contains { $0.hasPrefix("step-") }
        let start = isBegun ? "train --resume \(name)" : "\(words) --run \(name)"
        let moment = Double(numbers.floats(1)[0] + 1) / 2 * whole
        let beginning = clock.now
        let run = try await workbench.run(
          "\(start) --threads \(1 + kills % 3)",
          sending: kills < wanted
            ? CommandLineRun.Signal(number: SIGKILL, moment: .seconds(moment)) : nil
        )
        isFinished = run.exitCode == 0
        // What ran beside the first run may have slowed it: moments past a run's end kill nothing.
        if isFinished && !isBegun { whole = min(whole, (clock.now - beginning) / .seconds(1)) }
        if !isFinished {
          try #require(run.exitCode == -SIGKILL, "\(run)")
          kills += 1
        }
      }
      #expect(
        try workbench.bytes(of: "runs/\(name)/model.safetensors") == expected,
        "\(name), killed \(kills) times in all"
      )
      #expect(try !workbench.content.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".lock") })
    }
  }
}
