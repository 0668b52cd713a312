import Recurrent
import RecurrentData

/// A run's training gone through again, from a checkpoint to a chosen step.
struct RunReplay {
  /// Training does not come to the step that was asked for.
  enum Ending: Error {
    /// A number of this step, counted from 1, was not finite.
    case notFinite(step: Int, TrainingError)
    /// The validation cost was not finite after this step.
    case validation(step: Int)
    /// Early stopping ended the run after this step.
    case stopped(step: Int)
  }

  let run: ContinuedRun
  private var stopping: EarlyStopping?

  init(_ run: ContinuedRun) {
    self.run = run
    stopping = run.stopping
  }

  /// The number of steps in an epoch.
  var stepsOfEpoch: Int { run.trainer.stepsOfEpoch(run.splits.training.count) }

  /// The number of steps in the whole run, if nothing stops it early.
  var stepCount: Int { stepsOfEpoch * run.record.recipe.epochs }

  /// Where the first NaN or infinity comes up when the validation examples are read.
  var nonFiniteValidation: NonFiniteOrigin? {
    let model = run.trainer.averagedModel ?? run.trainer.model
    guard let validation = run.splits.validation else { return nil }
    let count = validation.count
    // A part at a time: every step of every example is looked at.
    for first in stride(from: 0, to: count, by: 1000) {
      let part = first..<min(first + 1000, count)
      if let origin = model.nonFiniteOrigin(in: validation, at: part) { return origin }
    }
    return nil
  }

  /// Trains until so many steps are taken, validating between epochs as the run did.
  ///
  /// - Throws: `Ending` when training ends before.
  mutating func advance(to step: Int, _ progress: (StepReport) -> Void = { _ in }) throws(Ending) {
    let trainer = run.trainer
    while trainer.stepCount < step {
      if stopping?.shouldStop == true { throw .stopped(step: trainer.stepCount) }
      do throws(TrainingError) {
        let report = try trainer.trainEpoch(on: run.splits.training) { report in
          progress(report)
          if trainer.stepCount == step { trainer.pause() }
        }
        guard report.isFinished else { continue }
      } catch {
        throw .notFinite(step: trainer.stepCount + 1, error)
      }
      let model = trainer.averagedModel ?? trainer.model
      guard let validation = run.splits.validation else { continue }
      let cost = model.compare(with: validation, threads: run.record.threads).cost
      guard cost.isFinite else { throw .validation(step: trainer.stepCount) }
      trainer.observe(cost)
      _ = stopping?.observe(cost)
    }
  }
}
