import Recurrent
import RecurrentData

func gateTraces() {
  let model = SequenceModel.lstm(inputSize: 28, hiddenSize: 32, classes: 10, seed: 1)
  let digits = DrawnDigits.dataset(count: 8, seed: 1, split: .test)

  let images = Tensor((0..<8).flatMap(digits.values(ofExample:)), shape: [8, 28, 28])
  for trace in model.gateTraces(of: images) {
    for signal in trace.gates + trace.states {
      let numbers = signal.values.elements  // [batch, time, units]
      let mean = numbers.reduce(0, +) / Float(numbers.count)
      print("\(trace.name) \(signal.name): mean \(mean)")
    }
  }
}

func gradientFlow() {
  let model = SequenceModel.lstm(inputSize: 2, hiddenSize: 16, classes: 1, seed: 1)

  let training = MemoryTask.adding.dataset(0..<50_000, lag: 200, seed: 1, split: .training)

  let flow = model.gradientFlow(in: training, at: 0..<64)
  for path in flow.paths { print(path.layer, path.part, path.norms) }
}

func nonFiniteOrigin() throws {
  let digits = DrawnDigits.dataset(count: 320, seed: 1, split: .training)

  let trainer = Trainer(
    SequenceModel.rnn(
      inputSize: 28,
      hiddenSize: 32,
      classes: 10,
      activation: .relu,
      seed: 1
    ),
    optimizer: GradientDescent(learningRate: 3),
    options: TrainingOptions(batchSize: 32)
  )
  do {
    for _ in 1...20 { _ = try trainer.trainEpoch(on: digits) }
  } catch {
    print(error)
    if let origin = trainer.nonFiniteOriginOfNextStep(on: digits) { print(origin) }
  }
}

func gradientCheck() {
  let model = SequenceModel.lstm(inputSize: 3, hiddenSize: 4, classes: 2, seed: 1)
  var stream = RandomStream(seed: 1, purpose: RandomStream.Purpose(rawValue: 1000))
  let numbers = (0..<30).map { _ in stream.nextNormal() }

  let input = Tensor(numbers, shape: [2, 5, 3])
  let report = checkGradients(of: model, samples: 20) { model in
    softmaxCrossEntropy(logits: model(input), labels: [0, 1])
  }
  print(report)
}
