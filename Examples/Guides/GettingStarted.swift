import Recurrent

func overview() throws {
  let recordings = recordings(count: 1_000, seed: 1)
  let trainer = Trainer(
    SequenceModel.lstm(inputSize: 1, hiddenSize: 16, classes: 2, seed: 1),
    optimizer: Adam(learningRate: 0.01)
  )
  for _ in 1...5 { _ = try trainer.trainEpoch(on: recordings) }
  let model = trainer.model
  print(model.evaluate(on: recordings).accuracy)
}

/// Noise with a peak and a dip; the class says which of them comes first.
func recordings(count: Int, seed: UInt64) -> SequenceDataset {
  var stream = RandomStream(seed: seed, purpose: RandomStream.Purpose(rawValue: 1000))
  let steps = 24
  var readings: [Float] = []
  var labels: [Int] = []
  for _ in 0..<count {
    var recording = (0..<steps).map { _ in stream.nextUniform(in: -1...1) }
    let places = stream.permutation(of: steps)
    (recording[places[0]], recording[places[1]]) = (2, -2)
    readings += recording
    labels.append(places[0] < places[1] ? 0 : 1)
  }
  return SequenceDataset(
    elements: .floats(readings),
    labels: labels,
    steps: steps,
    features: 1,
    classNames: ["peak first", "dip first"]
  )
}

func gettingStarted() throws {
  let (training, test) = (recordings(count: 2_000, seed: 1), recordings(count: 500, seed: 2))
  let trainer = Trainer(
    SequenceModel.lstm(inputSize: 1, hiddenSize: 24, classes: 2, seed: 1),
    optimizer: Adam(learningRate: 0.01),
    options: TrainingOptions(batchSize: 50, epochs: 6, clipNorm: 1, schedule: WarmupLinearDecay())
  )
  for _ in 1...6 {
    let report = try trainer.trainEpoch(on: training)
    print("epoch \(report.epoch): cost \(report.averageCost), accuracy \(report.accuracy)")
  }

  let evaluation = trainer.model.evaluate(on: test)
  print("test accuracy: \(evaluation.accuracy), cost \(evaluation.cost)")

  try trainer.model.write(to: "peaks.safetensors")
  let model = try SequenceModel(contentsOf: "peaks.safetensors")
  let recording = Tensor(test.values(ofExample: 0), shape: [1, 24, 1])
  let probabilities = softmax(model(recording)).elements
  print(
    "\(test.classNames[test.labels[0]]): told with probability \(probabilities[test.labels[0]])"
  )
}
