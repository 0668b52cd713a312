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

  let bytes = model.file(of: state).bytes
  let restored = try model.makeState(from: SafetensorsFile(bytes: bytes, path: "state"))
  print("the state comes back: \(restored == state)")

  var stream = RealTimeStream(model)
  let samples: ContiguousArray<Float> = [0.1, 0.2, 0.3]
  var scores = ContiguousArray<Float>(repeating: 0, count: model.outputSize)
  var target = scores.mutableSpan
  stream.step(samples.span, output: &target)
  print("a step that never waits: \(scores[0] != scores[1])")

  var states = (0..<100).map { _ in model.makeState() }
  let inputs = [Float](repeating: 0.5, count: 100 * model.inputSize)
  var outputs = [Float](repeating: 0, count: 100 * model.outputSize)
  var batch = StreamBatch(model, capacity: 32)
  batch.step(inputs, states: &states, outputs: &outputs)
  print("100 streams took a step: \(outputs.count) answers")

  let small = try StreamingModel(SequenceModel(contentsOf: "sensor.safetensors"), weights: .int8)
  print("matrices: \(model.matrixByteCount) bytes, in 8 bits \(small.matrixByteCount)")
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
