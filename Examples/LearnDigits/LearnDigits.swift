import Recurrent
import RecurrentData

@main
struct LearnDigits {
  static func main() throws {
    let training = DrawnDigits.dataset(count: 20_000, seed: 1, split: .training)
    let test = DrawnDigits.dataset(count: 2_000, seed: 1, split: .test)
    let trainer = Trainer(
      SequenceModel.lstm(inputSize: 28, hiddenSize: 128, classes: 10, seed: 1),
      optimizer: Adam(learningRate: 0.004),
      options: TrainingOptions(epochs: 3, clipNorm: 1, schedule: WarmupLinearDecay())
    )
    for _ in 1...3 {
      let report = try trainer.trainEpoch(on: training)
      print("epoch \(report.epoch): cost \(report.averageCost), accuracy \(report.accuracy)")
    }
    print("test accuracy: \(trainer.model.evaluate(on: test).accuracy)")
    try trainer.model.write(to: "digits.safetensors")  // torch.nn.LSTM's names inside
  }
}
