import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// A text from a file to a model that writes.
struct TextCommandTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try workbench.write(Self.text, to: "verse.txt")
  }

  /// Lines that are easily learned.
  private static let text = [UInt8](
    String(repeating: "one two three four five\nsix seven eight\n", count: 60).utf8
  )

  private static let settings = "--hidden 16 --batch 4 --window 16 --learning-rate 0.01 --dropout 0"

  @Test func `a text is learned, judged, and written on`() async throws {
    let run = try await workbench.succeed(
      "train verse.txt \(Self.settings) --epochs 12 --run verse"
    )
    #expect(
      run.lines[0]
        == "Learning verse.txt: 4 lanes of 35 windows of up to 16 steps"
    )
    #expect(
      run.lines[1]
        == "Text: 2160 characters to learn from, the last 240 to be judged on, 16 different ones; read from the file when needed"
    )
    #expect(run.output.contains("Validation: "))
    let record = try workbench.record(of: "verse")
    #expect(record.data.task == .languageModel && record.classNames.count == 16)
    let costs = record.epochs.compactMap(\.validationCost)
    #expect(costs.count == 12 && costs[11] < 0.5 && costs[11] < costs[0])
    #expect(try #require(record.test).count == 239)
    let baselines = try #require(record.assessment).baselines.compactMap(\.cost)
    #expect(baselines.count == 2 && baselines[1] < baselines[0])
    #expect(run.output.contains(" nats by how often each token comes up, "))
    for name in ["report.html", "cost.svg", "accuracy.svg", "metrics.csv"] {
      #expect(try !workbench.bytes(of: "runs/verse/\(name)").isEmpty)
    }
    let page = String(decoding: try workbench.bytes(of: "runs/verse/report.html"), as: UTF8.self)
    #expect(page.contains("What the model writes") && page.contains("seven"))

    let judged = try await workbench.succeed("evaluate verse")
    #expect(judged.lines[0].hasPrefix("verse.txt validation: "))
    #expect(
      judged.lines[0].hasSuffix(
        run.lines.first { $0.hasPrefix("Validation: ") }?.dropFirst(12) ?? "?"
      )
    )

    let first = try await workbench.succeed("sample verse --prompt one --length 60 --seed 3")
    #expect(first.output.hasPrefix("one") && first.output.count == 64)
    #expect(first.output.contains("three") || first.output.contains("seven"))
    let again = try await workbench.succeed("sample verse --prompt one --length 60 --seed 3")
    #expect(again.output == first.output)
    let likeliest = try await workbench.succeed("sample verse --temperature 0 --length 30")
    let single = try await workbench.succeed("sample verse --top-k 1 --length 30 --seed 9")
    #expect(likeliest.output == single.output)
  }

  @Test func `bytes are tokens too`() async throws {
    try workbench.write([UInt8]((0..<3000).map { UInt8($0 % 7 * 40) }), to: "bytes.bin")
    let run = try await workbench.succeed(
      "train bytes.bin --tokens bytes \(Self.settings) --epochs 2 --run bytes"
    )
    #expect(run.lines[1].contains("2700 bytes to learn from"))
    try await workbench.succeed("sample bytes --length 20")
  }

  @Test func `an interrupted run ends with the bytes of one that was not`() async throws {
    let words =
      "train verse.txt \(Self.settings) --epochs 3 --layer-dropout 0.1 --hidden 12,12 --learn-state"
    try await workbench.succeed("\(words) --run whole")
    let stopped = try await workbench.run(
      "\(words) --run stopped --checkpoint-steps 5 --threads 1",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0001"))
    )
    #expect(stopped.exitCode == 143, "\(stopped)")
    try await workbench.succeed("train --resume stopped --threads 3")
    #expect(
      try workbench.bytes(of: "runs/stopped/model.safetensors")
        == workbench.bytes(of: "runs/whole/model.safetensors")
    )
    // Within an epoch the lanes' states come from the checkpoint.
    let replayed = try await workbench.succeed("replay stopped --step 40 --find-nan")
    #expect(replayed.output.contains("Every number of the step is finite"))
  }

  @Test func `settings of another text or task are refused`() async throws {
    try await workbench.fail(
      "train nowhere.txt",
      exitCode: 2,
      saying: "nowhere.txt",
      "digits, mnist"
    )
    try await workbench.fail(
      "train verse.txt --bidirectional",
      exitCode: 2,
      saying: "--bidirectional"
    )
    try await workbench.fail("train verse.txt --summary mean", exitCode: 2, saying: "--summary")
    try await workbench.fail("train verse.txt --augment affine", exitCode: 2, saying: "--augment")
    try await workbench.fail(
      "train verse.txt --preset best",
      exitCode: 2,
      saying: "presets for images"
    )
    try await workbench.fail("train verse.txt --window 0", exitCode: 2, saying: "--window is 0")
    try await workbench.fail("train verse.txt --data .", exitCode: 2, saying: "--data")
    try await workbench.fail("train verse.txt --examples 3", exitCode: 2, saying: "--examples")
    try await workbench.fail("train --window 3", exitCode: 2, saying: "--window")
    try await workbench.fail("train mnist --preset text", exitCode: 2, saying: "--preset text")
    try await workbench.fail("train --tokens bytes", exitCode: 2, saying: "--tokens")
    try await workbench.fail(
      "train verse.txt --validation-share 1",
      exitCode: 2,
      saying: "--validation-share is 1.0"
    )
    try await workbench.fail(
      "train verse.txt --batch 4000",
      exitCode: 1,
      saying: "2160 characters",
      "--batch"
    )
    try workbench.write([0x61, 0xFF, 0x62, 0x63], to: "broken.txt")
    try await workbench.fail(
      "train broken.txt",
      exitCode: 1,
      saying: "broken.txt",
      "line 1, column 2",
      "UTF-8"
    )
    try workbench.write([], to: "empty.txt")
    try await workbench.fail("train empty.txt", exitCode: 1, saying: "empty.txt: is empty")
  }

  @Test func `a text that changed and wrong samples are refused`() async throws {
    try await workbench.succeed("train verse.txt \(Self.settings) --epochs 1 --run verse")
    try await workbench.fail("sample nowhere", exitCode: 1, saying: "nowhere")
    try await workbench.fail("sample verse --prompt Q", exitCode: 1, saying: "'Q'", "--prompt")
    try await workbench.fail(
      "sample verse --temperature -1",
      exitCode: 2,
      saying: "--temperature is -1.0"
    )
    try await workbench.fail("sample verse --top-k 0", exitCode: 2, saying: "--top-k is 0")
    try await workbench.fail("sample verse --length 0", exitCode: 2, saying: "--length is 0")
    try await workbench.fail(
      ["sample", "verse", "--prompt", ""],
      exitCode: 2,
      saying: ["--prompt is empty"]
    )
    try await workbench.fail("evaluate verse --on test", exitCode: 1, saying: "no test examples")
    try await workbench.fail("evaluate verse --dataset digits", exitCode: 1, saying: "drawn digits")
    try await workbench.fail("predict verse a.png", exitCode: 1, saying: "text")
    try await workbench.fail(
      "train --resume verse --tokens bytes",
      exitCode: 1,
      saying: "--tokens is bytes"
    )
    try workbench.write(Self.text + Array("a".utf8), to: "verse.txt")
    try await workbench.fail(
      "evaluate verse --dataset verse.txt",
      exitCode: 1,
      saying: "line 121, column 1: has 'a', which the text that was learned does not have"
    )
    try workbench.write(Self.text + Array("one".utf8), to: "verse.txt")
    try await workbench.fail("evaluate verse", exitCode: 1, saying: "SHA-256", "--dataset")
    try await workbench.succeed("evaluate verse --dataset verse.txt")
  }

  @Test func `what is written has no terminal codes`() {
    #expect(TextWriter.shown("a\u{1B}[2J\tb\r\n\u{7}") == "a\u{FFFD}[2J\tb\u{FFFD}\n\u{FFFD}")
  }
}
