import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// What a run measures beside its cost: norms, and where the time went.
struct RunMetricsTests {
  let workbench: Workbench

  init() throws {
    signal(SIGTERM, SIG_DFL)
    workbench = try Workbench()
    try SmallImages().write(to: "images", in: workbench)
  }

  private let words = "train mnist --data images --hidden 8,6 --epochs 3 --batch 50"

  /// The cells of a run's table by the names of their columns, a row for each epoch.
  private func table(of run: String) throws -> [[String: String]] {
    let lines = try workbench.text(of: "runs/\(run)/metrics.csv").split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    let head = try #require(lines.first)
    #expect(lines.allSatisfy { $0.count == head.count })
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(head, $0)) }
  }

  private func number(_ name: String, _ row: [String: String]?) throws -> Double {
    try #require((row?[name]).flatMap(Double.init))
  }

  /// The norm of a file's arrays whose names have a beginning.
  private func norm(of model: SequenceModel, _ prefix: (String) -> Bool) -> Double {
    model.parameters.filter { prefix($0.name) }
      .flatMap { $0.value.elements.map { Double($0) * Double($0) } }.reduce(0, +).squareRoot()
  }

  @Test(arguments: ["", "--average 0.9"])
  func `the last norm is that of the weights in the model's file`(option: String) async throws {
    try await workbench.succeed("\(words) --run a \(option)")
    let rows = try table(of: "a")
    #expect(rows.count == 3)
    let model = try workbench.model(of: "a")
    let expected: [(String, Double)] = [
      ("weight_norm", norm(of: model) { _ in true }),
      ("weight_norm_layer_0", norm(of: model) { $0.hasSuffix("_l0") }),
      ("weight_norm_layer_1", norm(of: model) { $0.hasSuffix("_l1") }),
      ("weight_norm_head", norm(of: model) { $0.hasPrefix("head.") }),
    ]
    for (name, value) in expected {
      #expect(value > 0)
      #expect(abs(try number(name, rows.last) - value) < 1e-6 * value, "\(name)")
    }
    for row in rows {
      let mean = try number("gradient_norm", row)
      let largest = try number("largest_gradient_norm", row)
      #expect(mean > 0 && largest > mean)
    }
  }

  @Test func `the parts of the time add up to the epochs and what came between them`() async throws
  {
    try await workbench.succeed("\(words) --run a --checkpoint-steps 2")
    for row in try table(of: "a") {
      let within = try [
        "reading_seconds", "passes_seconds", "summing_seconds", "updating_seconds",
        "other_seconds",
      ].map { try number($0, row) }
      let seconds = try number("seconds", row)
      let saving = try number("saving_seconds", row)
      #expect(within.allSatisfy { $0 >= 0 } && within[1] > within[2])
      // Checkpoints within the epoch are part of its seconds, those after it are not.
      #expect(within.reduce(0, +) <= seconds + 0.001)
      #expect(within.reduce(0, +) + saving >= seconds - 0.001)
      #expect(try number("validating_seconds", row) > 0)
    }
    let saving = try table(of: "a").map { try number("saving_seconds", $0) }
    #expect(saving.allSatisfy { $0 > 0 })
  }

  @Test func `a run that is gone on with has the norms of one that was not`() async throws {
    try await workbench.succeed("\(words) --epochs 20 --run whole")
    let stopped = try await workbench.run(
      "\(words) --epochs 20 --run a --threads 1",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0002"))
    )
    #expect(stopped.exitCode == 143, "\(stopped)")
    try await workbench.succeed("train --resume a --threads 2")
    let names = [
      "epoch", "cost", "gradient_norm", "largest_gradient_norm", "weight_norm",
      "weight_norm_layer_0", "weight_norm_layer_1", "weight_norm_head",
    ]
    let (whole, again) = (try table(of: "whole"), try table(of: "a"))
    #expect(whole.count == 20)
    #expect(
      whole.map { row in names.map { row[$0] } } == again.map { row in names.map { row[$0] } }
    )
    #expect(again.allSatisfy { $0["passes_seconds"]?.isEmpty == false })
  }

  @Test func `a run that an older version began is gone on with, and shown`() async throws {
    let stopped = try await workbench.run(
      "\(words) --epochs 20 --run a",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("Epoch: 0003"))
    )
    #expect(stopped.exitCode == 143, "\(stopped)")
    try workbench.makeOld("a")
    let before = try workbench.record(of: "a").epochs
    #expect(before.count >= 2 && before.allSatisfy { $0.gradientNorm == nil && $0.times == nil })
    try await workbench.succeed("train --resume a")
    let rows = try table(of: "a")
    #expect(rows.count == 20)
    for (place, row) in rows.enumerated() {
      let isOld = place < before.count
      for name in ["gradient_norm", "weight_norm", "weight_norm_head", "saving_seconds"] {
        #expect(row[name]?.isEmpty == isOld, "\(name) of epoch \(place + 1)")
      }
      #expect(row["cost"]?.isEmpty == false)
    }
    let page = try workbench.text(of: "runs/a/report.html")
    #expect(page.contains("Norm of the gradient") && page.contains("Where the time went"))
  }

  @Test func `the report has the record's numbers, the machine and the settings`() async throws {
    try await workbench.succeed("\(words) --run a --weight-decay 0.01 --optimizer adamw")
    let record = try workbench.record(of: "a")
    let page = try workbench.text(of: "runs/a/report.html")
    let tip = try #require(
      page.firstMatch(of: /epoch 3<br \/><b class="s0">●<\/b> mean: ([\d.]+)/)
    )
    let norm = try #require(record.epochs.last?.gradientNorm)
    let shown = try #require(Double(tip.1))
    #expect(abs(shown - norm) < 1e-3 * norm)
    let machine = try #require(record.machine)
    #expect(machine == .current)
    for text in [
      machine.processor, instructionSet, Version.compiler, "Where the time went",
      "forward and backward", "Weight decay", "Precision",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("<script") && page.contains("type=\"radio\""))
  }
}

extension Workbench {
  /// Makes a run's record and checkpoints those of a version that measured neither norms nor times.
  func makeOld(_ run: String) throws {
    let record = "runs/\(run)/run.json"
    try write(try older(try bytes(of: record)), to: record)
    for name in try names(in: "runs/\(run)/checkpoint") {
      let file = "runs/\(run)/checkpoint/\(name)"
      var checkpoint = try Checkpoint(contentsOf: path + "/" + file)
      let note = try #require(checkpoint.notes["run"])
      checkpoint.notes["run"] = String(decoding: try older(Array(note.utf8)), as: UTF8.self)
      try checkpoint.write(to: path + "/" + file)
    }
  }

  private func older(_ json: [UInt8]) throws -> [UInt8] {
    var record = try #require(
      try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
    )
    let epochs = try #require(record["epochs"] as? [[String: Any]])
    let kept = Set([
      "epoch", "cost", "trainingAccuracy", "validationAccuracy", "validationCost", "seconds",
      "examplesPerSecond",
    ])
    record["epochs"] = epochs.map { $0.filter { kept.contains($0.key) } }
    record["machine"] = nil
    record["system"] = nil
    let data = try JSONSerialization.data(withJSONObject: record, options: [.sortedKeys])
    return [UInt8](data)
  }
}
