import Recurrent
import RecurrentData

/// Chooses how series become steps, by training on part of the training series and judging on the
/// rest of them.
///
/// What may be chosen follows from their length: steps of one time or of several, so that the longest
/// series has about 150 or about 30 steps, with differences and without. Of up to 500 series every
/// one is judged once, in four rounds; of more a fifth is, in one. The simplest is chosen that is not
/// clearly worse than the best: its cost is no further above than the standard error of the
/// difference over the rounds (L. Breiman et al., "Classification and regression trees", 1984,
/// section 3.4.3).
struct SeriesSearch {
  /// What was chosen, and what is worth telling of it.
  struct Outcome {
    let choice: SeriesPreparation.Choice
    let lines: [String]
  }

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
    let times = Set([150, 30].map { (longest + $0 - 1) / $0 }).sorted()
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
      lines.append(
        """
          \(choice.words): cost \(decimals(cost, 4)), \
        \(percent(Double(right) / Double(max(count, 1)))) right
        """
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
      // Of one round there is no error to be told.
      return mean <= (count > 1 ? (squares / (count - 1) / count).squareRoot() : 0)
    } ?? best
  }

  private typealias Round = (training: LabelledSeries, judged: LabelledSeries)

  /// Which series are trained on and which are judged in each round.
  private var rounds: [Round] {
    var stream = RandomStream(seed: seed, purpose: .shuffling, index: 1)
    let order = stream.permutation(of: series.series.count)
    let isSmall = series.series.count <= 500
    // Class by class, so that every round has its share of each.
    let ordered = series.classNames.indices.flatMap { label in
      order.filter { series.series[$0].label == label }
    }
    let folds = isSmall ? 4 : 5
    return (0..<(isSmall ? folds : 1)).compactMap { fold in
      var (training, judged) = (series, series)
      training.series = ordered.enumerated().filter { $0.offset % folds != fold }
        .map { series.series[$0.element] }
      judged.series = ordered.enumerated().filter { $0.offset % folds == fold }
        .map { series.series[$0.element] }
      return training.series.isEmpty || judged.series.isEmpty ? nil : (training, judged)
    }
  }

  private func trial(
    _ choice: SeriesPreparation.Choice,
    training: LabelledSeries,
    judged: LabelledSeries
  ) throws -> AnswerComparison {
    let preparation = SeriesPreparation(
      of: training.series.map(\.values),
      variables: training.variables,
      choice
    )
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
