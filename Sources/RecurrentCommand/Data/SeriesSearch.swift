import Recurrent
import RecurrentData

/// Chooses how series become steps, by training on part of the training series and judging on the
/// rest of them.
///
/// What may be chosen follows from their length: steps of one time or of several, so that the longest
/// series has about 150 or about 30 steps, with differences and without. Of up to 500 series every
/// one is judged once, in four rounds, and of up to 200 in three draws of such rounds; of more a fifth
/// is, in one. The simplest is chosen that is not clearly worse than the best: its cost is no further
/// above than the standard error of the difference over the rounds of a draw (L. Breiman et al.,
/// "Classification and regression trees", 1984, section 3.4.3).
struct SeriesSearch {
  /// What was chosen, and what is worth telling of it.
  struct Outcome {
    let choice: SeriesPreparation.Choice
    let lines: [String]
  }

  /// Up to so many series each is judged, of more a part.
  private static let fewSeries = 500
  /// Up to so many series each is judged in several draws, since one tells little.
  private static let veryFewSeries = 200
  private static let draws = 3
  /// The rounds of a draw.
  private static let folds = 4

  private let series: LabelledSeries
  private let recipe: Recipe
  private let seed: UInt64
  private let threads: Int

  init(_ series: LabelledSeries, _ recipe: Recipe, seed: UInt64, threads: Int) {
    self.series = series
    self.recipe = recipe
    self.seed = seed
    self.threads = threads
  }

  /// What may be chosen, the simplest first.
  private var candidates: [SeriesPreparation.Choice] {
    let longest = series.longest
    let times =
      series.labelsEachTime ? [1] : Set([150, 30].map { (longest + $0 - 1) / $0 }).sorted()
    return times.flatMap { times in
      [false, true].map { SeriesPreparation.Choice(timesPerStep: times, hasDifferences: $0) }
    }
  }

  /// Tries every candidate.
  func run(progress: (String) -> Void) throws -> Outcome {
    let (rounds, candidates) = (rounds, candidates)
    var costs: [[Double]] = []
    var lines = ["Tried by cross-validation on the training series:"]
    for choice in candidates {
      var results: [AnswerComparison] = []
      for round in rounds {
        progress(
          """
          choosing steps: trial \(costs.count * rounds.count + results.count + 1) of \
          \(candidates.count * rounds.count)
          """
        )
        results.append(try trial(choice, training: round.training, judged: round.judged))
      }
      costs.append(results.map(\.cost))
      let (right, count) = results.reduce((0, 0)) { ($0.0 + $1.correct, $0.1 + $1.count) }
      let cost = results.reduce(0) { $0 + $1.lossSum } / Double(max(count, 1))
      let share = Double(right) / Double(max(count, 1))
      lines.append(
        "  \(choice.words): cost \(decimals(cost, 4))"
          + (series.answersAreNumbers ? "" : ", \(percent(share)) right")
      )
    }
    let chosen = candidates[Self.simplest(of: costs)]
    return Outcome(
      choice: chosen,
      lines: lines + ["Chosen, the simplest of the best: \(chosen.words)"]
    )
  }

  /// The first of the candidates whose costs, one for each round, are not clearly above the lowest.
  static func simplest(of costs: [[Double]]) -> Int {
    let means = costs.map { $0.reduce(0, +) / Double($0.count) }
    guard let lowest = means.min(), let best = means.firstIndex(of: lowest) else { return 0 }
    return costs.indices.first { candidate in
      let differences = zip(costs[candidate], costs[best]).map { $0 - $1 }
      let count = Double(differences.count)
      let mean = differences.reduce(0, +) / count
      let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      // Further draws judge the same series again, which makes the error no smaller; of one round
      // there is none to be told.
      let rounds = min(count, Double(folds))
      return mean <= (count > 1 ? (squares / (count - 1) / rounds).squareRoot() : 0)
    } ?? best
  }

  private typealias Round = (training: LabelledSeries, judged: LabelledSeries)

  /// Which series are trained on and which are judged in each round.
  private var rounds: [Round] {
    let all = series.series
    let isSmall = all.count <= Self.fewSeries
    let draws = all.count <= Self.veryFewSeries && !series.areContinuous ? Self.draws : 1
    return (0..<draws).flatMap { draw in
      let parts = parts(draw)
      return (0..<(isSmall ? Self.folds : 1)).compactMap { fold -> Round? in
        var (training, judged) = (series, series)
        training.series = all.indices.filter { parts[$0] != fold }.map { all[$0] }
        judged.series = all.indices.filter { parts[$0] == fold }.map { all[$0] }
        return training.series.isEmpty || judged.series.isEmpty ? nil : (training, judged)
      }
    }
  }

  /// The round in which each series is judged.
  private func parts(_ draw: Int) -> [Int] {
    let all = series.series
    let folds = all.count <= Self.fewSeries ? Self.folds : Self.folds + 1
    if series.areContinuous { return all.indices.map { $0 * folds / all.count } }
    var stream = RandomStream(seed: seed, purpose: .shuffling, index: UInt32(1 + draw))
    // Class by class, so that every round has its share of each.
    let order = stream.permutation(of: all.count).enumerated()
      .sorted { (all[$0.element].label, $0.offset) < (all[$1.element].label, $1.offset) }
    var parts = [Int](repeating: 0, count: all.count)
    for (place, item) in order.enumerated() { parts[item.element] = place % folds }
    return parts
  }

  private func trial(
    _ choice: SeriesPreparation.Choice,
    training: LabelledSeries,
    judged: LabelledSeries
  ) throws -> AnswerComparison {
    let preparation = SeriesPreparation(of: training, choice)
    let dataset = preparation.dataset(of: training)
    var recipe = recipe
    recipe.batchSize = min(recipe.batchSize, dataset.count)
    guard let model = recipe.model(for: dataset, seed: seed) else {
      throw CommandFailure(
        "--read \(recipe.usedStructure.reading.argument) is for images; leave it out for series"
      )
    }
    let trainer = recipe.trainer(of: model, seed: seed, threads: threads)
    for _ in 0..<recipe.epochs {
      do {
        _ = try trainer.trainEpoch(on: dataset)
      } catch {
        throw CommandFailure("\(error)")
      }
    }
    return (trainer.averagedModel ?? trainer.model)
      .compare(with: preparation.dataset(of: judged), threads: threads)
  }
}

extension SeriesPreparation.Choice {
  /// The choice in a sentence.
  var words: String {
    (timesPerStep == 1 ? "every time" : "\(timesPerStep) times a step")
      + (hasDifferences ? " with differences" : "")
  }
}
