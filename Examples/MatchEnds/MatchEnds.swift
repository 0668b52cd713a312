import Recurrent

/// Learns whether the last symbol of sequences of unequal length equals the first.
@main
struct MatchEnds {
  static let symbols = 4

  /// Random symbols, one-hot, 5 to 40 of them; what lies past a sequence's end means nothing.
  static func dataset(count: Int, using stream: inout RandomStream) -> SequenceDataset {
    let steps = 40
    var elements: [Float] = []
    var (labels, lengths): ([Int], [Int]) = ([], [])
    for _ in 0..<count {
      let length = 5 + stream.nextIndex(below: steps - 4)
      var sequence = (0..<steps).map { _ in stream.nextIndex(below: symbols) }
      if stream.nextIndex(below: 2) == 0 { sequence[length - 1] = sequence[0] }
      labels.append(sequence[0] == sequence[length - 1] ? 1 : 0)
      lengths.append(length)
      for symbol in sequence {
        elements += (0..<symbols).map { $0 == symbol ? 1 : 0 }
      }
    }
    return SequenceDataset(
      elements: .floats(elements),
      labels: labels,
      steps: steps,
      features: symbols,
      classNames: ["differ", "match"],
      lengths: lengths
    )
  }

  static func main() throws {
    var stream = RandomStream(seed: 1, purpose: RandomStream.Purpose(rawValue: 1000))
    let (training, test) = (
      dataset(count: 8_000, using: &stream), dataset(count: 1_000, using: &stream)
    )
    let first = Bidirectional(
      forward: GRU(inputSize: symbols, hiddenSize: 24, using: &stream),
      backward: GRU(inputSize: symbols, hiddenSize: 24, using: &stream)
    )
    var second = LSTM(inputSize: first.outputSize, hiddenSize: 24, using: &stream)
    second.regularization = Regularization(inputDropout: 0.1)
    let model = SequenceModel(
      layers: [first, second],
      head: Dense(inputSize: second.outputSize, outputSize: 2, using: &stream)
    )
    let trainer = Trainer(
      model,
      optimizer: AdamW(learningRate: 0.01),
      options: TrainingOptions(batchSize: 64, epochs: 6, clipNorm: 1, schedule: OneCycle())
    )
    for _ in 1...6 {
      let report = try trainer.trainEpoch(on: training)
      print("epoch \(report.epoch): accuracy \(trainer.model.evaluate(on: test).accuracy)")
    }
  }
}
