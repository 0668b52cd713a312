import Recurrent
import RecurrentData

func explaining() throws {
  let digits = DrawnDigits.dataset(count: 500, seed: 1, split: .training)
  let trainer = Trainer(
    SequenceModel.lstm(inputSize: 28, hiddenSize: 16, classes: 10, seed: 1),
    optimizer: Adam(learningRate: 0.01)
  )
  for _ in 1...3 { _ = try trainer.trainEpoch(on: digits) }
  let model = trainer.model

  let image = Tensor(digits.values(ofExample: 0), shape: [28, 28])
  let label = digits.labels[0]
  let shares = model.integratedGradients(of: image, explaining: .logOdds(class: label))
  print("log-odds \(shares.score), of an empty image \(shares.baselineScore)")
  print("the pixels' shares are complete: \(shares.completenessError < 0.01)")
  let rows = model.occlusion(of: image, window: .init(), explaining: .logOdds(class: label))
  let needed = (0..<28).max { rows[$0, 0] < rows[$1, 0] } ?? 0
  print("row \(needed + 1) is needed most")
}

func anytimeAndHorizon() throws {
  let training = DrawnDigits.dataset(count: 500, seed: 1, split: .training)
  let validation = DrawnDigits.dataset(count: 100, seed: 1, split: .validation)
  let test = DrawnDigits.dataset(count: 100, seed: 1, split: .test)
  let trainer = Trainer(
    SequenceModel.lstm(inputSize: 28, hiddenSize: 16, classes: 10, seed: 1),
    optimizer: Adam(learningRate: 0.01)
  )
  for _ in 1...3 { _ = try trainer.trainEpoch(on: training) }
  let model = trainer.model

  let calibration = StepCalibration(
    fittedTo: model.answersAfterEachStep(in: validation, at: 0..<validation.count)
  )
  let curve = AnytimeCurve(
    of: model.answersAfterEachStep(in: test, at: 0..<test.count),
    calibratedBy: calibration
  )
  let decision = curve.decision(whenSure: 0.99)
  print(decision.meanSteps, decision.accuracy)

  if let memory = model.memoryHorizon(in: test, at: 0..<32) {
    print(memory.horizon, memory.steps, memory.longest.name)
  }
}
