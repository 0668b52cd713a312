import RecurrentTestSupport
import Testing

@testable import Recurrent

struct StreamBatchTests {
  private static func layers(_ cell: FusedCase, hiddenSize: Int) -> [any RecurrentLayer] {
    func build<Built: BuiltInCell>(_ cell: Built) -> [any RecurrentLayer] {
      var learned = CellLayer(cell)
      learned.learnInitialState()
      learned.regularization = Regularization(hiddenZoneout: 0.2)
      let plain = CellLayer(cell)
      return plain.inputSize == plain.outputSize
        ? [plain, Residual(plain), learned] : [plain]
    }
    return build(cell.make(19, hiddenSize, 12))
  }

  private static func model(
    _ cell: FusedCase,
    hiddenSize: Int,
    _ weights: StreamingWeights
  ) throws -> StreamingModel {
    let layers = layers(cell, hiddenSize: hiddenSize)
    var stream = RandomStream(seed: 91, purpose: .testing)
    let head = Dense(
      inputSize: layers[layers.count - 1].outputSize,
      outputSize: 5,
      initialization: .torch,
      using: &stream
    )
    return try StreamingModel(
      SequenceModel(layers: layers, summary: .allOutputs, head: head),
      weights: weights
    )
  }

  // Streams come in and fall out while others are under way, more of them than there is room for.
  @Test(arguments: FusedCase.all, StreamingWeights.allCases)
  func `each stream gets the bits that it would get alone`(
    cell: FusedCase,
    weights: StreamingWeights
  ) throws {
    for (hiddenSize, capacity) in [(19, 4), (33, 7), (70, 1)] {
      let model = try Self.model(cell, hiddenSize: hiddenSize, weights)
      var batch = StreamBatch(model, capacity: capacity)
      var numbers = SeededNumbers(7)
      var alone = (0..<9).map { _ in model.makeState() }
      var together = alone
      var count = 3
      for step in 0..<6 {
        let inputs = numbers.floats(count * 19)
        var outputs = [Float](repeating: .nan, count: count * 5)
        var some = Array(together[..<count])
        batch.step(inputs, states: &some, outputs: &outputs)
        together.replaceSubrange(..<count, with: some)
        for stream in 0..<count {
          let want = model.step(
            Array(inputs[stream * 19..<(stream + 1) * 19]),
            state: &alone[stream]
          )
          #expect(
            haveSameBits(Array(outputs[stream * 5..<(stream + 1) * 5]), want),
            "hidden \(hiddenSize), stream \(stream), step \(step)"
          )
        }
        count = [9, 9, 2, 9, 5, 1][step]
      }
      #expect(together == alone)
    }
  }

  @Test func `a state that is shared is copied, and its copy left alone`() throws {
    let model = try StreamingModel(
      SequenceModel.lstm(inputSize: 2, hiddenSize: 20, classes: 3, seed: 1)
    )
    var batch = StreamBatch(model, capacity: 2)
    var states = [model.makeState(), model.makeState()]
    var outputs = [Float](repeating: 0, count: 6)
    batch.step([1, 2, 3, 4], states: &states, outputs: &outputs)
    let kept = states
    let layers = kept.map(\.layers)
    batch.step([1, 2, 3, 4], states: &states, outputs: &outputs)
    #expect(kept.map(\.layers) == layers && states != kept)
  }

  @Test func `no streams are no work`() throws {
    let model = try StreamingModel(
      SequenceModel.lstm(inputSize: 2, hiddenSize: 4, classes: 3, seed: 1)
    )
    var batch = StreamBatch(model, capacity: 2)
    var states: [StreamingModel.State] = []
    var outputs: [Float] = []
    batch.step([], states: &states, outputs: &outputs)
    #expect(outputs.isEmpty)
  }

  @Test func `sizes that do not fit trap and say all of them`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(
        SequenceModel.lstm(inputSize: 2, hiddenSize: 4, classes: 3, seed: 1)
      )
      var batch = StreamBatch(model, capacity: 2)
      var states = [model.makeState(), model.makeState()]
      var outputs = [Float](repeating: 0, count: 6)
      batch.step([1, 2, 3], states: &states, outputs: &outputs)
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      said.contains(
        "a step of 2 streams needs inputs [2, 2] and outputs [2, 3], got 3 and 6 numbers"
      )
    )
  }

  @Test func `states of another model trap and say which`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(
        SequenceModel.lstm(inputSize: 2, hiddenSize: 4, classes: 3, seed: 1)
      )
      let other = try StreamingModel(
        SequenceModel.lstm(inputSize: 2, hiddenSize: 5, classes: 3, seed: 1)
      )
      var batch = StreamBatch(model, capacity: 2)
      var states = [model.makeState(), other.makeState()]
      var outputs = [Float](repeating: 0, count: 6)
      batch.step([1, 2, 3, 4], states: &states, outputs: &outputs)
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(said.contains("LSTM 2 -> 4 cannot take a state of LSTM 2 -> 5"))
  }
}
