import Foundation
import Recurrent
import RecurrentData

/// `recurrent train --seeds`: the same run with several seeds, each in a folder of its own.
///
/// A run is fixed by its settings and its seed to the bit. So the same command, typed again, need not
/// train what came to its end; it goes on with what was interrupted, and begins the rest.
extension TrainCommand {
  /// Trains a run for each seed that has none, and tells what they came to.
  func train(seeds count: Int, _ interruption: Interruption) async throws {
    let first = seed ?? 1
    let (last, isTooLarge) = first.addingReportingOverflow(UInt64(count - 1))
    guard !isTooLarge else {
      throw CommandFailure(
        "--seed \(first) with --seeds \(count) goes past \(UInt64.max), the last seed; use a smaller one"
      )
    }
    let seeds = Array(first...last)
    let base = try baseName(for: seeds)
    var runs: [SeedSummary.Run] = []
    for (place, seed) in seeds.enumerated() {
      print("Seed \(seed), run \(place + 1) of \(count)")
      let folder = Self.path(of: base, seed: seed)
      interruption.wait(
        saying: "interrupted before training seed \(seed): go on with the same command again"
      )
      do {
        let record = try await train(in: folder, seed: seed, interruption)
        if let run = SeedSummary.Run(seed: seed, folder: folder, record) { runs.append(run) }
      } catch let ended as Interruption.Ended {
        throw Interruption.Ended(
          signal: ended.signal,
          description:
            "\(ended.description); the same command again goes on with all \(count) seeds"
        )
      }
    }
    let path = "\(Self.path(of: base))-seeds.json"
    guard let summary = SeedSummary(of: runs) else { return }
    try WholeFile.write(Array(summary.json().utf8), to: path)
    for line in summary.lines { print(line) }
    print("Summary: \(path)")
  }

  /// Trains one run, or what is left of it.
  private func train(
    in path: String,
    seed: UInt64,
    _ interruption: Interruption
  ) async throws -> RunRecord {
    guard let folder = try? RunFolder(existing: path, orBegun: true) else {
      return try await begin(seed: seed, as: path, interruption: interruption)
    }
    guard try StoredRun(folder).isFinished else {
      return try await goOn(with: folder, seed: seed, interruption: interruption)
    }
    let record = try RunRecord(of: folder)
    let examples = try await record.data.moved(to: source.data).load(for: record.recipe)
    guard examples.fingerprint == record.dataFingerprint else {
      throw CommandFailure(
        "\(path): was trained on other \(record.data.title) examples; choose another --run NAME"
      )
    }
    print("\(path) came to its end before.")
    return record
  }

  /// The name that is given, or the first made from the settings that is free for these runs.
  private func baseName(for seeds: [UInt64]) throws -> String {
    if var name = run {
      while name.count > 1 && name.hasSuffix("/") { name.removeLast() }
      if let problem = try problem(with: name, seeds) { throw problem }
      return name
    }
    let name = Self.name(of: try PlannedRun(source, choices, seed: seeds[0]))
    var number = 1
    while true {
      let base = number == 1 ? name : "\(name)-\(number)"
      if try problem(with: base, seeds) == nil { return base }
      number += 1
    }
  }

  /// Why the runs cannot be named so; nil where the folders are free, or have such runs already.
  private func problem(with base: String, _ seeds: [UInt64]) throws -> CommandFailure? {
    try RunFolder.checkName(base)
    for seed in seeds {
      let path = Self.path(of: base, seed: seed)
      guard let folder = try? RunFolder(existing: path, orBegun: true) else {
        do {
          try RunFolder.freePath(of: path)
          continue
        } catch let taken as CommandFailure {
          return taken
        }
      }
      let differences = try differences(from: StoredRun(folder).record, seed: seed)
      guard differences.isEmpty else {
        return CommandFailure(
          """
          \(path): was begun with other settings: \(differences.joined(separator: ", ")); choose \
          another --run NAME
          """
        )
      }
    }
    return nil
  }

  private static func path(of name: String) -> String {
    name.contains("/") ? name : "\(RunFolder.parent)/\(name)"
  }

  private static func path(of name: String, seed: UInt64) -> String {
    "\(path(of: name))-seed-\(seed)"
  }

  /// Where a run that is there differs from the one that is asked for.
  private func differences(from record: RunRecord, seed: UInt64) throws -> [String] {
    var asked = record
    let plan = try PlannedRun(source, choices, seed: seed)
    (asked.data, asked.recipe) = (plan.selection, plan.recipe)
    if asked.recipe.precision?.isSupported == false { asked.recipe.precision = nil }
    asked.seed = seed
    // What is chosen by the data is not asked for.
    if asked.data.name.isSeries {
      asked.recipe.epochs = choices.choices.epochs ?? record.recipe.epochs
      asked.recipe.window = asked.recipe.window ?? record.recipe.window
      asked.data.choice = asked.data.choice ?? record.data.choice
      asked.data.season = asked.data.season ?? record.data.season
      asked.data.horizon = asked.data.horizon ?? record.data.horizon
      asked.data.forecast = asked.data.forecast ?? record.data.forecast
    }
    return asked.differences(from: record)
  }
}
