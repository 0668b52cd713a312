import Recurrent

/// Watches a sensor reading by reading, to say how likely it is that the machine runs hot.
///
/// The model learns from whole recordings and then reads a stream. What it remembers is a value, so
/// a copy of it can be asked "what if the next readings were these?" without disturbing the watch.
@main
struct WatchSensor {
  static func main() throws {
    let model = try StreamingModel(try trained())
    var state = model.makeState()
    var stream = RandomStream(seed: 2, purpose: .testing)
    let readings = recording(isHot: true, from: 24, steps: 40, using: &stream)
    for (second, reading) in readings.enumerated() {
      let risk = risk(model.step([reading], state: &state))
      guard second % 8 == 7 else { continue }
      let low = riskAfter([Float](repeating: 0, count: 8), model, from: state)
      let high = riskAfter([Float](repeating: 1, count: 8), model, from: state)
      print(
        """
        second \(second + 1): risk \(risk)%; \(low)% if the next 8 readings were 0, \
        \(high)% if they were 1
        """
      )
    }
  }

  /// The risk after some readings more, in a copy of the state.
  static func riskAfter(
    _ readings: [Float],
    _ model: StreamingModel,
    from state: StreamingModel.State
  ) -> Int {
    var fork = state
    return readings.map { risk(model.step([$0], state: &fork)) }.last ?? 0
  }

  /// The probability of the second class in percent, from both logits.
  static func risk(_ logits: [Float]) -> Int {
    Int((sigmoid(Tensor(logits[1] - logits[0])).scalar * 100).rounded())
  }

  /// A model trained on recordings of 32 readings, half of which end hot.
  static func trained() throws -> SequenceModel {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let labels = (0..<1_000).map { $0 % 2 }
    let recordings = labels.map { label in
      recording(isHot: label == 1, from: stream.nextIndex(below: 24), steps: 32, using: &stream)
    }
    let dataset = SequenceDataset(
      elements: .floats(recordings.flatMap(\.self)),
      labels: labels,
      steps: 32,
      features: 1,
      classNames: ["normal", "hot"]
    )
    let trainer = Trainer(
      SequenceModel.lstm(inputSize: 1, hiddenSize: 16, classes: 2, seed: 1),
      optimizer: Adam(learningRate: 0.01),
      options: TrainingOptions(batchSize: 50, epochs: 10, clipNorm: 1)
    )
    for _ in 1...10 {
      let report = try trainer.trainEpoch(on: dataset)
      if report.epoch == 10 { print("accuracy on whole recordings: \(report.accuracy)") }
    }
    return trainer.model
  }

  /// Noise around 0, which begins to rise at step `start` if the machine runs hot.
  static func recording(
    isHot: Bool,
    from start: Int,
    steps: Int,
    using stream: inout RandomStream
  ) -> [Float] {
    (0..<steps).map { step in
      let rise = isHot && step > start ? 0.06 * Float(step - start) : 0
      return rise + stream.nextUniform(in: -1...1)
    }
  }
}
