import Foundation
import Recurrent

func serving() throws {
  try SequenceModel.lstm(inputSize: 3, hiddenSize: 16, classes: 2, seed: 1)
    .write(to: "sensor.safetensors")

  let model = try StreamingModel(SequenceModel(contentsOf: "sensor.safetensors"))
  var state = model.makeState()
  var answer = [Float](repeating: 0, count: model.outputSize)
  for reading in readings {
    model.step(reading, state: &state, output: &answer)
  }

  var fork = state
  let ifZero = model.step([0, 0, 0], state: &fork)
  print("the watch goes on from \(answer); had zeros come, it would say \(ifZero)")

  let saved = try JSONEncoder().encode(state.layers)
  let layers = try JSONDecoder().decode([StreamingModel.State.Layer].self, from: saved)
  let restored = model.makeState(layers)
  print("the state comes back: \(restored == state)")
}

private let readings: [[Float]] = [[0.1, 0.2, 0.3], [0.2, 0.2, 0.1], [0.4, 0.1, 0.2]]

func servingBatches() async throws {
  let model = try SequenceModel(contentsOf: "sensor.safetensors")
  let recordings = SequenceDataset(
    elements: .floats(readings.flatMap(\.self)),
    labels: [0],
    steps: 3,
    features: 3,
    classNames: ["normal", "hot"]
  )

  guard let predictor = Predictor(model, threads: 2) else { return }
  let logits = predictor.logits(for: recordings)  // [example, class]
  print("logits of whole recordings: \(logits.shape)")

  let streaming = try StreamingModel(model)
  let answers = await withTaskGroup(of: [Float].self) { group in
    for client in 0..<4 {
      group.addTask {
        var state = streaming.makeState()
        return streaming.step([Float(client), 0, 0], state: &state)
      }
    }
    return await group.reduce(into: []) { $0.append($1) }
  }
  print("\(answers.count) streams read from one model")
}
