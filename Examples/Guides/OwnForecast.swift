import Recurrent
import RecurrentData

func ownForecast() throws {
  let load = (0..<240).map { time -> Float in
    let tenths: Int = 100 + 10 * (time % 12) + time % 5
    return Float(tenths) / 10
  }

  let history = LongSeries(values: load, variables: 1)
  let known = history.prefix(192)
  let preparation = ForecastPreparation(
    of: [known],
    variables: ["load"],
    season: Season.found(in: known.values),
    window: 24,
    ForecastPreparation.Choice(differences: .seasonal)
  )
  guard let dataset = try preparation.dataset(of: [known], answeredFrom: [0]) else { return }

  var stream = RandomStream(seed: 1, purpose: .initialisation)
  let model = SequenceModel(
    layers: [LSTM(inputSize: 1, hiddenSize: 16, using: &stream)],
    summary: .allOutputs,
    head: Dense(inputSize: 16, outputSize: 1, using: &stream)
  )
  let trainer = Trainer(
    model,
    optimizer: Adam(learningRate: 0.01),
    options: TrainingOptions(batchSize: 16, epochs: 20, clipNorm: 1)
  )
  for _ in 1...20 { _ = try trainer.trainEpoch(on: dataset) }

  let forecaster = try Forecaster(trainer.model, preparation)
  print("the next 3: \(forecaster.forecast(after: history.rows, count: 3))")
  let judged = ForecastComparison(
    of: forecaster,
    on: [history],
    from: [192],
    horizon: 12,
    targets: [0]
  )
  if let model = judged.freeRunning[0].meanAbsoluteScaledError,
    let season = judged.seasonalNaive[0].meanAbsoluteScaledError
  {
    print("scaled error \(model), of the season before \(season)")
  }
}
