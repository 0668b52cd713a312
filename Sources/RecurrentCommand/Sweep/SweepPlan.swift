import ArgumentParser
import Recurrent

/// What a sweep was asked to try.
///
/// Every combination of the lists in `over` is tried. Where values are drawn, each of the draws is
/// tried with every such combination, so that the combinations can be compared draw by draw.
struct SweepPlan: Equatable {
  /// The most trials of a sweep.
  static let mostTrials = 10_000
  /// What settings are drawn for; the stream's index is the number of the draw, its epoch how often
  /// settings were drawn again that were there before.
  private static let purpose = RandomStream.Purpose(rawValue: 1_000)
  /// So often settings that were there before are drawn again.
  private static let mostAttempts: UInt32 = 100_000

  /// What every training is given, as it would be typed after `recurrent train`.
  var options: [String]
  var over: [SweepAxis]
  var draw: [SweepAxis]
  /// How many settings are drawn; nil where none are.
  var draws: Int?
  /// What draws depend on, and the first training of each trial.
  var seed: UInt64
  /// How often each trial is trained, from the seed on.
  var seeds: Int

  /// The options that are swept, those of the grid first.
  var axes: [SweepAxis] { over + draw }

  /// The seeds that each trial is trained from.
  var allSeeds: [UInt64] { (0..<seeds).map { seed &+ UInt64($0) } }

  /// Refuses what cannot be a sweep.
  func check() throws {
    guard !axes.isEmpty else {
      throw ValidationError(
        "there is nothing to sweep; name options with --over or --draw, such as --over hidden=32,64"
      )
    }
    var seen: Set<String> = []
    for option in axes.map(\.option) {
      guard seen.insert(option.name).inserted else {
        throw ValidationError("\(option.name) is swept twice; name it in one --over or --draw")
      }
      guard !option.isGiven(in: options) else {
        throw ValidationError(
          "--\(option.name) is given, and swept as well; leave out one of them"
        )
      }
    }
    guard draw.isEmpty == (draws == nil) else {
      throw ValidationError(
        draw.isEmpty
          ? "--trials goes with --draw; --over tries all combinations"
          : "--draw needs a number of draws, such as --trials 20"
      )
    }
    try checkCount("--trials", draws, 1...Self.mostTrials)
    try checkCount("--seeds", seeds, 1...1_000)
    guard !seed.addingReportingOverflow(UInt64(seeds - 1)).overflow else {
      throw ValidationError(
        "--seed \(seed) with --seeds \(seeds) goes past \(UInt64.max), the last seed; use a smaller one"
      )
    }
    let count = Self.product(over.map { $0.count ?? 1 } + [draws ?? 1])
    guard let count, count <= Self.mostTrials else {
      throw ValidationError(
        """
        these are \(count.map { "\($0)" } ?? "far too many") trials; use at most \
        \(Self.mostTrials), or draw some with --draw
        """
      )
    }
    guard count > 1 else {
      throw ValidationError("this is one trial, so there is nothing to compare; name more values")
    }
    if let draws, let different = Self.product(draw.map(\.count)), different < draws {
      throw ValidationError(
        "--draw has \(different) different settings; use --trials \(different), or --over for all"
      )
    }
  }

  /// The product; nil where it is more than can be counted.
  private static func product(_ counts: [Int?]) -> Int? {
    counts.reduce(1) { product, count in
      guard let product, let count else { return nil }
      let (result, isTooLarge) = product.multipliedReportingOverflow(by: count)
      return isTooLarge ? nil : result
    }
  }

  /// What is tried, in order: fixed by what was asked for alone.
  ///
  /// - Throws: `ValidationError` where a draw gives nothing but what was there before.
  func trials() throws -> [SweepTrial] {
    let grid = over.reduce([[]]) { (settings: [[SweepTrial.Setting]], axis) in
      settings.flatMap { start in
        axis.list.map { start + [SweepTrial.Setting(option: axis.option.name, value: $0)] }
      }
    }
    let all = try drawn().flatMap { drawn in grid.map { $0 + drawn } }
    return all.enumerated().map { SweepTrial(number: $0 + 1, settings: $1) }
  }

  /// What is drawn: no settings twice, and the first ones the same however many there are.
  private func drawn() throws -> [[SweepTrial.Setting]] {
    guard let draws else { return [[]] }
    var result: [[SweepTrial.Setting]] = []
    var seen: Set<[String]> = []
    for number in 0..<draws {
      var attempt: UInt32 = 0
      while true {
        var stream = RandomStream(
          seed: seed,
          purpose: Self.purpose,
          epoch: attempt,
          index: UInt32(number)
        )
        let values = draw.map { $0.draw(from: &stream) }
        if seen.insert(values).inserted {
          result.append(
            zip(draw, values).map { SweepTrial.Setting(option: $0.option.name, value: $1) }
          )
          break
        }
        attempt += 1
        guard attempt < Self.mostAttempts else {
          throw ValidationError(
            "--draw gives hardly more than \(number) different settings; use --trials \(number)"
          )
        }
      }
    }
    return result
  }

  /// Where it differs from another, such as "--seeds is 2, not 3".
  func differences(from other: SweepPlan) -> [String] {
    func list(_ axes: [SweepAxis]) -> String {
      axes.isEmpty ? "nothing" : axes.map(\.argument).joined(separator: " ")
    }
    func text(_ plan: SweepPlan) -> [(String, String)] {
      [
        (
          "the rest of the command",
          plan.options.isEmpty ? "empty" : plan.options.joined(separator: " ")
        ),
        ("--over", list(plan.over)), ("--draw", list(plan.draw)),
        ("--trials", plan.draws.map { "\($0)" } ?? "none"),
        ("--seed", "\(plan.seed)"), ("--seeds", "\(plan.seeds)"),
      ]
    }
    return zip(text(self), text(other)).filter { $0.1 != $1.1 }
      .map { "\($0.0) is \($0.1), not \($1.1)" }
  }
}

extension SweepPlan: Codable {
  private enum Key: String, CodingKey {
    case options, over, draw, draws, seed, seeds
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    options = try container.decode([String].self, forKey: .options)
    over = try container.decode([String].self, forKey: .over)
      .map { try SweepAxis($0, isDrawn: false) }
    draw = try container.decode([String].self, forKey: .draw)
      .map { try SweepAxis($0, isDrawn: true) }
    draws = try container.decodeIfPresent(Int.self, forKey: .draws)
    seed = try container.decode(UInt64.self, forKey: .seed)
    seeds = try container.decode(Int.self, forKey: .seeds)
    try check()
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(options, forKey: .options)
    try container.encode(over.map(\.argument), forKey: .over)
    try container.encode(draw.map(\.argument), forKey: .draw)
    try container.encodeIfPresent(draws, forKey: .draws)
    try container.encode(seed, forKey: .seed)
    try container.encode(seeds, forKey: .seeds)
  }
}
