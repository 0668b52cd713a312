import Recurrent
import RecurrentData

/// Trains for 75 steps at each start, as if there were no more time, and goes on with them at the next:
/// after three starts there are six epochs, with the bits that one long run would have had.
@main
struct GoOn {
  static func main() throws {
    let examples = DrawnDigits.dataset(count: 4_000, seed: 1, split: .training)
    let options = TrainingOptions(epochs: 6, clipNorm: 1, schedule: WarmupLinearDecay())
    let trainer = Trainer(
      SequenceModel.lstm(inputSize: 28, hiddenSize: 64, classes: 10, seed: 1),
      optimizer: Adam(learningRate: 0.004),
      options: options
    )
    let folder = CheckpointFolder("go-on", keeping: 2)
    if let found = try folder.newest() {
      try trainer.restore(found.checkpoint.state)
      for damage in found.damages { print("\(damage); using the one before") }
      print("going on after step \(trainer.stepCount)")
    }

    let lastStep = trainer.stepCount + 75
    while trainer.state.finishedEpochs < options.epochs, trainer.stepCount < lastStep {
      let report = try trainer.trainEpoch(on: examples) { _ in
        if trainer.stepCount == lastStep { trainer.pause() }
      }
      let note = ["accuracy": "\(report.accuracy)"]
      try folder.write(Checkpoint(trainer.state, notes: note))
      print(
        report.isFinished
          ? "epoch \(report.epoch): cost \(report.averageCost), accuracy \(report.accuracy)"
          : "out of time in epoch \(report.epoch), after \(report.examples) examples"
      )
    }
  }
}
