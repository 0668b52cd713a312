import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Streams whose windows carry states: the fused engine against steps taken one by one.
struct StreamTrainingTests {
  private static let text: TokenText = {
    var numbers = SeededNumbers(3)
    return TokenText(
      numbers.integers(400, in: 0...4).map(UInt16.init),
      vocabulary: ["a", "b", "c", "d", "e"]
    )
  }()

  /// Two documents, the second of which begins within a lane.
  fileprivate static func dataset(lanes: Int = 6, window: Int = 9) throws -> SequenceDataset {
    try #require(
      .nextTokens(of: text, documents: [0..<250, 250..<400], window: window, lanes: lanes)
    )
  }

  fileprivate static func model(learnsState: Bool = false, isDropping: Bool = false)
    -> SequenceModel
  {
    var stream = RandomStream(seed: 10, purpose: .testing)
    var first = LSTM(inputSize: 5, hiddenSize: 8, using: &stream)
    var second = GRU(inputSize: 8, hiddenSize: 8, using: &stream)
    if learnsState {
      first.learnInitialState()
      second.learnInitialState()
      first.learnedState?.hidden = Tensor([Float](repeating: 0.25, count: 8), shape: [1, 8])
    }
    if isDropping {
      first.regularization = Regularization(recurrentDropout: 0.2, cellZoneout: 0.1)
      second.regularization = Regularization(inputDropout: 0.2)
    }
    return SequenceModel(
      layers: [first, Residual(second)],
      summary: .allOutputs,
      headDropout: isDropping ? 0.2 : 0,
      head: Dense(inputSize: 8, outputSize: 5, using: &stream)
    )
  }

  @Test(arguments: [false, true], [false, true])
  func `windows go on where the one before ended`(learnsState: Bool, isDropping: Bool) throws {
    let model = Self.model(learnsState: learnsState, isDropping: isDropping)
    let dataset = try Self.dataset()
    let stream = try #require(dataset.stream)
    let options = TrainingOptions(batchSize: 6, threads: 2)
    let engine = try #require(FusedEngine(model, options: options))
    let states = try #require(engine.makeStates(lanes: 6))
    for first in Swift.stride(from: 0, to: dataset.count, by: 6) {
      let indices = Array(first..<first + 6)
      let (got, result) = engineGradient(
        of: model,
        by: engine,
        dataset,
        indices,
        carrying: states
      )
      var pass = SequencePass(
        lengths: dataset.lengths.map { Array($0[first..<first + 6]) },
        masks: MaskStreams(seed: 8, step: 4, examples: indices)
      )
      pass.states = states.rows(of: indices, in: stream, learned: model.layers)
      // What is carried is no function of the parameters; what was learned is.
      let cold = indices.map { stream.beginnings[$0] ? Float(1) : 0 }
      let want = valueWithGradient(at: model) { model in
        if learnsState {
          pass.states = zip(states.tensors, model.layers).map { lanes, layer in
            let inner = (layer as? Residual)?.layer ?? layer
            let learned: [Tensor] =
              (inner as? LSTM)?.learnedState?.tensors ?? (inner as? GRU)?.learnedState?.tensors
              ?? []
            let start = Tensor(cold, shape: [6, 1])
            return Tensor.concatenated(learned, along: 1) * start + lanes * (1 - start)
          }
        }
        let answers = model.logits(dataset.tensor(at: indices), in: pass)
        return AnswerLoss().compare(answers, with: dataset, indices[...]).sum
          * Tensor(1 / Float(result.answers))
      }
      for (name, pair) in zip(got.names, zip(got.tensors, want.gradient.tensors)) {
        let problem = mismatch(pair.0.elements, pair.1.elements, tolerance: 1e-5)
        #expect(problem == nil, "\(name) at window \(first / 6): \(problem ?? "")")
      }
      states.advance()
    }
  }

  @Test func `what is read in windows is what is read in one`() throws {
    let model = Self.model()
    let whole = try #require(
      SequenceDataset.nextTokens(of: Self.text, window: 400, lanes: 1)
    )
    let cut = try #require(SequenceDataset.nextTokens(of: Self.text, window: 7, lanes: 1))
    let (a, b) = (model.compare(with: whole), model.compare(with: cut))
    #expect(a.count == 399 && b.count == 399 && a.correct == b.correct)
    #expect(abs(a.lossSum - b.lossSum) <= 1e-9 * a.lossSum)
  }

  @Test(.enabled(if: Precision.bfloat16.isSupported), arguments: [8, 96])
  func `windows go on alike in products of bfloat16`(size: Int) throws {
    var stream = RandomStream(seed: 10, purpose: .testing)
    let model = SequenceModel(
      layers: [
        LSTM(inputSize: 5, hiddenSize: size, initialization: .torch, using: &stream),
        GRU(inputSize: size, hiddenSize: size, using: &stream),
      ],
      summary: .allOutputs,
      head: Dense(inputSize: size, outputSize: 5, using: &stream)
    )
    let dataset = try Self.dataset()
    var results: [[Double]] = []
    var carried: [[Tensor]] = []
    for precision in [Precision.float32, .bfloat16] {
      let options = TrainingOptions(batchSize: 6, threads: 1, precision: precision)
      let engine = try #require(FusedEngine(model, options: options))
      let states = try #require(engine.makeStates(lanes: 6))
      var losses: [Double] = []
      for first in Swift.stride(from: 0, to: dataset.count, by: 6) {
        let indices = Array(first..<first + 6)
        losses.append(
          engineGradient(of: model, by: engine, dataset, indices, carrying: states)
            .1.meanLoss
        )
        states.advance()
      }
      results.append(losses)
      carried.append(states.tensors)
    }
    for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) < 0.01) }
    for (a, b) in zip(carried[0], carried[1]) {
      let problem = mismatch(b.elements, a.elements, tolerance: 0.03)
      #expect(problem == nil, "\(problem ?? "")")
    }
  }

  @Test func `training has the same bits with any number of threads`() throws {
    let dataset = try Self.dataset(lanes: 18)
    let bits = try [1, 2, 3].map { threads in
      let trainer = Trainer(
        Self.model(isDropping: true),
        optimizer: AdamW(learningRate: 0.01),
        options: TrainingOptions(batchSize: 18, epochs: 2, threads: threads)
      )
      for _ in 0..<2 { _ = try trainer.trainEpoch(on: dataset) }
      return trainer.model.parameters.map { $0.value.elements.map(\.bitPattern) }
    }
    #expect(bits[1] == bits[0] && bits[2] == bits[0])
  }

  @Test func `a training restored within an epoch carries on what its lanes carried`() throws {
    let dataset = try Self.dataset()
    func trainer(_ threads: Int) -> Trainer<SequenceModel> {
      Trainer(
        Self.model(learnsState: true, isDropping: true),
        optimizer: AdamW(learningRate: 0.01),
        options: TrainingOptions(batchSize: 6, epochs: 2, threads: threads)
      )
    }
    func bits(_ trainer: Trainer<SequenceModel>) -> [[UInt32]] {
      trainer.model.parameters.map { $0.value.elements.map(\.bitPattern) }
    }
    let whole = trainer(2)
    var seen: [TrainerState] = []
    for _ in 0..<2 {
      _ = try whole.trainEpoch(on: dataset) { _ in seen.append(whole.state) }
    }
    let steps = seen.count / 2
    for state in [seen[0], seen[steps - 2], seen[steps - 1], seen[steps + 3]] {
      #expect(state.carriedStates.isEmpty == !state.isWithinEpoch)
      let other = trainer(1)
      try other.restore(Checkpoint(Checkpoint(state).safetensors).state)
      while other.state.finishedEpochs < 2 { _ = try other.trainEpoch(on: dataset) }
      #expect(bits(other) == bits(whole), "from step \(state.step)")
    }
  }

  @Test func `a state of other lanes is refused`() throws {
    let dataset = try Self.dataset()
    let options = TrainingOptions(batchSize: 6)
    let trainer = Trainer(Self.model(), optimizer: Adam(), options: options)
    _ = try trainer.trainEpoch(on: dataset) { _ in trainer.pause() }
    var state = trainer.state
    state.carriedStates.removeLast()
    let wanted = TrainerStateError("the state carries states that the model's layers do not have")
    #expect(throws: wanted) { try trainer.restore(state) }
    state = trainer.state
    state.carriedStates[0] = .zeros([5, 16])
    #expect(throws: wanted) { try trainer.restore(state) }
  }

  @Test func `a state that is restored is the state that is taken`() throws {
    let dataset = try Self.dataset()
    let options = TrainingOptions(batchSize: 6)
    let trainer = Trainer(Self.model(), optimizer: Adam(), options: options)
    _ = try trainer.trainEpoch(on: dataset) { _ in trainer.pause() }
    for answers in [nil, 0, 7] {
      var state = trainer.state
      state.epochInProgress?.answers = answers
      try trainer.restore(state)
      #expect(Checkpoint(trainer.state).safetensors.bytes == Checkpoint(state).safetensors.bytes)
    }
    var state = trainer.state
    state.epochInProgress = nil
    #expect(throws: TrainerStateError.self) { try trainer.restore(state) }
  }

  @Test func `a step that fails leaves what is carried as it was`() throws {
    let dataset = try Self.dataset()
    let options = TrainingOptions(batchSize: 6)
    let trainer = Trainer(
      Self.model(),
      optimizer: GradientDescent(learningRate: 0.1),
      options: options
    )
    _ = try trainer.trainEpoch(on: dataset) { _ in trainer.pause() }
    let before = trainer.state.carriedStates.map(\.elements)
    var broken = trainer.model
    broken.head.bias = Tensor([Float](repeating: .nan, count: 5), shape: [5])
    trainer.model = broken
    #expect(throws: TrainingError.self) { _ = try trainer.trainEpoch(on: dataset) }
    #expect(trainer.state.carriedStates.map(\.elements) == before)
    #expect(
      trainer.nonFiniteOriginOfNextStep(on: dataset)?.description.contains("head.bias") == true
    )
  }

  @Test func `a stream is trained in its own order`() async {
    await #expect(processExitsWith: .failure) {
      let dataset = try StreamTrainingTests.dataset()
      let options = TrainingOptions(batchSize: 6)
      let trainer = Trainer(StreamTrainingTests.model(), optimizer: Adam(), options: options)
      _ = try trainer.trainEpoch(on: dataset, order: Array((0..<dataset.count).reversed()))
    }
    await #expect(processExitsWith: .failure) {
      let dataset = try StreamTrainingTests.dataset()
      let options = TrainingOptions(batchSize: 6)
      let trainer = Trainer(StreamTrainingTests.model(), optimizer: Adam(), options: options)
      try trainer.trainBatch(on: dataset, at: [0, 1, 2, 3, 4, 10])
    }
  }

  @Test func `only layers that read forward carry states`() async {
    await #expect(processExitsWith: .failure) {
      var stream = RandomStream(seed: 1, purpose: .testing)
      var layer = LSTM(inputSize: 5, hiddenSize: 4, using: &stream)
      layer.isReversed = true
      let model = SequenceModel(
        layers: [layer],
        summary: .allOutputs,
        head: Dense(inputSize: 4, outputSize: 5, using: &stream)
      )
      let text = TokenText([0, 1, 2, 3, 4], vocabulary: ["a", "b", "c", "d", "e"])
      let dataset = SequenceDataset.nextTokens(of: text, window: 2, lanes: 1)
      let trainer = Trainer(model, optimizer: Adam(), options: TrainingOptions(batchSize: 1))
      if let dataset { _ = try trainer.trainEpoch(on: dataset) }
    }
  }
}
