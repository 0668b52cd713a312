import Recurrent
import RecurrentData

/// Chooses what is subtracted from series before they are forecast, by training without the end of
/// what is learned from and forecasting it.
///
/// Tried are the numbers as they are, and less the one before or the one a season before; of numbers
/// above 0 also their logarithms. The one whose freely running forecasts have the lowest mean absolute
/// scaled error is chosen.
struct ForecastSearch {
  /// What was chosen, and what is worth telling of it.
  struct Outcome {
    let choice: ForecastPreparation.Choice
    let lines: [String]
  }

  /// The series without what is tested on, and the times from which they are forecast.
  let trial: ForecastTrial
  let variables: [String]
  let season: Int
  let recipe: Recipe
  let seed: UInt64
  let threads: Int

  /// What may be chosen, the simplest first.
  private var candidates: [ForecastPreparation.Choice] {
    let differences = ForecastPreparation.Differences.allCases.filter {
      $0 != .seasonal || season > 1
    }
    let arePositive = trial.series.allSatisfy { $0.firstNotPositive == nil }
    return (arePositive ? [false, true] : [false]).flatMap { hasLogarithm in
      differences.map {
        ForecastPreparation.Choice(differences: $0, hasLogarithm: hasLogarithm)
      }
    }
  }

  /// Tries every candidate.
  func run(progress: (String) -> Void) throws -> Outcome {
    let candidates = candidates
    var lines = [
      "Tried by forecasting the end of the training part (MASE: error by that of the seasonal change):"
    ]
    var best: (choice: ForecastPreparation.Choice, error: Double)?
    for (number, choice) in candidates.enumerated() {
      progress("choosing what to subtract: trial \(number + 1) of \(candidates.count)")
      guard let error = try error(of: choice) else { continue }
      lines.append("  \(choice.words): MASE \(decimals(error, 4))")
      if error < best?.error ?? .infinity { best = (choice, error) }
    }
    guard let best else {
      return Outcome(
        choice: ForecastPreparation.Choice(),
        lines: ["The series are too short to choose what to subtract: nothing is"]
      )
    }
    return Outcome(choice: best.choice, lines: lines + ["Chosen, the best: \(best.choice.words)"])
  }

  /// The error of a choice; nil where the series are too short for it, or it did not train.
  private func error(of choice: ForecastPreparation.Choice) throws -> Double? {
    let learned = trial.learned
    let preparation = ForecastPreparation(
      of: learned,
      variables: variables,
      season: season,
      window: recipe.usedWindow,
      choice
    )
    guard
      let dataset = try preparation.dataset(of: learned, answeredFrom: learned.map { _ in 0 })
    else { return nil }
    var recipe = recipe
    recipe.batchSize = min(recipe.batchSize, dataset.count)
    guard let model = recipe.model(for: dataset, seed: seed) else { return nil }
    let trainer = recipe.trainer(of: model, seed: seed, threads: threads)
    for _ in 0..<recipe.epochs {
      do {
        _ = try trainer.trainEpoch(on: dataset)
      } catch {
        return nil
      }
    }
    let comparison = try trial.comparison(of: trainer.averagedModel ?? trainer.model, preparation)
    let total = ForecastComparison.total(comparison.freeRunning)
    let error = total.meanAbsoluteScaledError ?? total.own.meanAbsoluteError
    return error.isFinite ? error : nil
  }
}

extension ForecastPreparation.Choice {
  /// The choice in words.
  var words: String {
    let what = hasLogarithm ? "logarithms" : "numbers"
    return switch differences {
    case .none: "\(what) as they are"
    case .first: "\(what) less the one before"
    case .seasonal: "\(what) less the one a season before"
    }
  }
}
