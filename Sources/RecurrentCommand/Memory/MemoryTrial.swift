import Foundation
import Recurrent
import RecurrentData

/// One training: a cell at a lag, from a seed that decides starting values and examples.
struct MemoryTrial {
  let plan: MemoryPlan
  let cell: CellName
  let lag: Int
  let seed: Int

  /// The training was asked to end.
  struct Ended: Error {}

  /// Trains on examples of which none comes twice, and judges on others.
  ///
  /// The examples are those of the seed, the same for every cell. `progress` gets the number of steps
  /// so far and their cost, and says whether to go on.
  ///
  /// - Throws: `Ended` where it was not to go on.
  func run(
    measuresGradient: Bool,
    threads: Int,
    progress: (_ step: Int, _ cost: Double) -> Bool
  ) throws -> MemoryRecord.Trial {
    let (task, recipe) = (plan.task, plan.recipe(cell, lag: lag))
    let test = examples(0..<MemoryPlan.testExamples, .test)
    guard let model = recipe.model(for: test, seed: UInt64(seed)) else {
      throw CommandFailure("\(task.title): no \(cell.title) reads it at lag \(lag)")
    }
    var trial = MemoryRecord.Trial(
      cell: cell,
      lag: lag,
      seed: seed,
      isSolved: false,
      costs: [],
      seconds: 0
    )
    let trainer = recipe.trainer(of: model, seed: UInt64(seed), threads: threads)
    let clock = ContinuousClock()
    let start = clock.now
    var costs: [Double] = []
    do {
      for step in 0..<plan.steps {
        let batch = examples(step * plan.batch..<(step + 1) * plan.batch, .training)
        costs.append(try trainer.trainEpoch(on: batch).averageCost)
        guard progress(step + 1, costs[step]) else { throw Ended() }
      }
    } catch is TrainingError {
      // What a cell comes to that cannot be trained so: no measure.
    }
    trial.seconds = (clock.now - start) / .seconds(1)
    trial.costs = Self.twentieths(of: costs)
    guard costs.count == plan.steps else { return trial }
    let trained = trainer.model
    let measure = task.measure(of: trained.compare(with: test, threads: threads))
    if measure.isFinite {
      trial.measure = measure
      trial.isSolved = task.isSolved(measure)
    }
    if measuresGradient { trial.gradient = flow(from: model, to: trained, test) }
    return trial
  }

  private func examples(_ range: Range<Int>, _ split: MemoryTask.Split) -> SequenceDataset {
    plan.task.dataset(range, lag: lag, seed: UInt64(seed), split: split)
  }

  /// The mean of each twentieth of the costs, or each of them where they are few.
  static func twentieths(of costs: [Double]) -> [Double] {
    let count = min(20, costs.count)
    return (0..<count).map { part in
      let piece = costs[costs.count * part / count..<costs.count * (part + 1) / count]
      return piece.reduce(0, +) / Double(piece.count)
    }
  }

  private func flow(
    from start: SequenceModel,
    to end: SequenceModel,
    _ examples: SequenceDataset
  ) -> MemoryRecord.Flow {
    let indices = 0..<min(MemoryPlan.flowExamples, examples.count)
    let before = start.gradientFlow(in: examples, at: indices)
    let after = end.gradientFlow(in: examples, at: indices)
    return MemoryRecord.Flow(
      parts: zip(before.paths, after.paths).map { before, after in
        MemoryRecord.Flow.Part(
          name: before.part,
          atStart: before.norms.map(Self.rounded),
          trained: after.norms.map(Self.rounded)
        )
      }
    )
  }

  /// A norm to about five digits, which is more than examples drawn anew would agree in.
  private static func rounded(_ norm: Double) -> Double {
    norm.isFinite ? Double(String(format: "%.4e", norm)) ?? norm : 0
  }
}
