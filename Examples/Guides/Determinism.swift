import Recurrent
import RecurrentData

func determinism() throws {
  let digits = DrawnDigits.dataset(count: 500, seed: 1, split: .training)

  func trained(threads: Int) throws -> SequenceModel {
    let trainer = Trainer(
      SequenceModel.lstm(inputSize: 28, hiddenSize: 32, classes: 10, seed: 1),
      optimizer: Adam(learningRate: 0.005),
      options: TrainingOptions(epochs: 2, seed: 1, threads: threads)
    )
    for _ in 1...2 { _ = try trainer.trainEpoch(on: digits) }
    return trainer.model
  }

  let (one, three) = (try trained(threads: 1), try trained(threads: 3))
  let files = [one.safetensors.bytes, three.safetensors.bytes]
  print("the same file: \(files[0] == files[1])")

  var first = RandomStream(seed: 1, purpose: RandomStream.Purpose(rawValue: 1000), index: 7)
  var again = RandomStream(seed: 1, purpose: RandomStream.Purpose(rawValue: 1000), index: 7)
  print(first.nextUniform() == again.nextUniform())
}
