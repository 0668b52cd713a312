import Recurrent
import RecurrentTestSupport
import Testing

struct TrainerStateTests {
  /// A way of training with memory of its own.
  struct Way: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var optimizer: any Optimizer
    var schedule: any Schedule = ConstantRate()
    var averageDecay: Float?
    var regularization = Regularization()
    var dropsLastBatch = false
    var augmentation: Augmentation?
    var isTaped = false
  }

  static let ways = [
    Way(testDescription: "gradient descent", optimizer: GradientDescent(learningRate: 0.1)),
    Way(
      testDescription: "Nesterov, one cycle",
      optimizer: GradientDescent(learningRate: 0.1, momentum: 0.9, isNesterov: true),
      schedule: OneCycle()
    ),
    Way(
      testDescription: "RMSprop, a plateau within a warm-up",
      optimizer: RMSprop(momentum: 0.5, isCentred: true),
      schedule: Warmup(share: 0.1, from: 0.1, then: ReduceOnPlateau(factor: 0.5, patience: 0))
    ),
    Way(testDescription: "Adagrad", optimizer: Adagrad(learningRate: 0.1), dropsLastBatch: true),
    Way(
      testDescription: "AMSGrad, an average",
      optimizer: Adam(isAMSGrad: true),
      schedule: WarmupLinearDecay(),
      averageDecay: 0.9
    ),
    Way(
      testDescription: "AdamW, masks, augmentation",
      optimizer: AdamW(learningRate: 0.01),
      schedule: PerEpoch(StepDecay(milestones: [1], factor: 0.1), epochs: 3),
      regularization: Regularization(
        inputDropout: 0.2,
        recurrentDropout: 0.2,
        dropConnect: 0.1,
        hiddenZoneout: 0.1
      ),
      augmentation: Augmentation([.noise(GaussianNoise()), .timeShift(TimeShift())])
    ),
    Way(testDescription: "Lion on the tape", optimizer: Lion(), averageDecay: 0.5, isTaped: true),
  ]

  private static let epochs = 3
  private let dataset = SequenceDataset.random(count: 70)

  /// Trains through all epochs, handing every state to `visit`; returns the last state.
  ///
  /// Where a state is given, a new trainer goes on from it, with another number of threads.
  private func states(
    _ way: Way,
    from state: TrainerState? = nil,
    visit: (TrainerState) -> Void = { _ in }
  ) throws -> TrainerState {
    var model = SequenceModel.stack([6, 5])
    for index in model.layers.indices {
      guard var layer = model.layers[index] as? LSTM else { continue }
      layer.regularization = way.regularization
      model.layers[index] = layer
    }
    let options = TrainingOptions(
      batchSize: 16,
      epochs: Self.epochs,
      seed: 5,
      threads: state == nil ? 2 : 1 + (state?.step ?? 0) % 3,
      clipNorm: 1,
      dropsLastBatch: way.dropsLastBatch,
      schedule: way.schedule,
      averageDecay: way.averageDecay,
      augmentation: way.augmentation
    )
    func train<Model>(_ trainer: Trainer<Model>) throws -> TrainerState {
      if let state { try trainer.restore(state) }
      visit(trainer.state)
      while trainer.state.finishedEpochs < Self.epochs {
        let report = try trainer.trainEpoch(on: dataset) { step in
          // After the last step there is a value to be observed still.
          if step.step < step.steps { visit(trainer.state) }
        }
        trainer.observe(report.averageCost.rounded())
        visit(trainer.state)
      }
      return trainer.state
    }
    return way.isTaped
      ? try train(
        Trainer(TapedModel(model: model), optimizer: way.optimizer, options: options)
      )
      : try train(Trainer(model, optimizer: way.optimizer, options: options))
  }

  /// A digest of all that decides what comes next; without the time it took.
  private func digest(_ state: TrainerState) -> String {
    var state = state
    state.forgetSeconds()
    return SHA256Digest.hexadecimal(of: Checkpoint(state).safetensors.bytes)
  }

  @Test(arguments: ways)
  func `a trainer restored after any step goes on to the same bits`(way: Way) throws {
    var seen: [TrainerState] = []
    let last = try states(way) { seen.append($0) }
    let steps = Self.epochs * (way.dropsLastBatch ? 4 : 5)
    #expect(seen.map(\.step) == Array(0...steps))
    #expect(last.step == steps && last.finishedEpochs == Self.epochs && !last.isWithinEpoch)
    for state in seen {
      let end = try states(way, from: Checkpoint(Checkpoint(state).safetensors).state)
      #expect(digest(end) == digest(last), "after step \(state.step)")
    }
  }

  @Test func `an epoch that is paused is gone on with`() throws {
    let model = SequenceModel.stack([4])
    let options = TrainingOptions(batchSize: 16, epochs: 2)
    let whole = Trainer(model, optimizer: Adam(), options: options)
    let paused = Trainer(model, optimizer: Adam(), options: options)
    let expected = try whole.trainEpoch(on: dataset)
    var calls = 0
    let first = try paused.trainEpoch(on: dataset) { report in
      calls += 1
      if report.step == 2 { paused.pause() }
    }
    #expect(calls == 2 && !first.isFinished && first.examples == 32)
    #expect(paused.epoch == 1 && paused.state.finishedEpochs == 0)
    #expect(paused.state.stepWithinEpoch == 2 && paused.state.examplesOfEpoch == 70)
    let second = try paused.trainEpoch(on: dataset)
    #expect(second.isFinished && second.epoch == 1)
    #expect(second.averageCost == expected.averageCost && second.accuracy == expected.accuracy)
    #expect(paused.state.finishedEpochs == 1)
    #expect(digest(paused.state) == digest(whole.state))
  }

  @Test func `an order that was given is gone on with, in a file too`() throws {
    let model = SequenceModel.stack([4])
    let options = TrainingOptions(batchSize: 16)
    let order = Array((0..<70).reversed())
    let whole = Trainer(model, optimizer: Adam(), options: options)
    _ = try whole.trainEpoch(on: dataset, order: order)
    let paused = Trainer(model, optimizer: Adam(), options: options)
    _ = try paused.trainEpoch(on: dataset, order: order) { _ in paused.pause() }
    let file = Checkpoint(paused.state).safetensors
    let restored = Trainer(model, optimizer: Adam(), options: options)
    try restored.restore(Checkpoint(file).state)
    _ = try restored.trainEpoch(on: dataset)
    #expect(digest(restored.state) == digest(whole.state))
  }

  @Test func `a step that failed is not counted and is the next one again`() throws {
    var model = SequenceModel.stack([4])
    model.head.bias = Tensor([.nan, 0, 0], shape: [3])
    let trainer = Trainer(model, optimizer: Adam(), options: TrainingOptions(batchSize: 16))
    #expect(throws: TrainingError.self) { try trainer.trainEpoch(on: dataset) }
    #expect(trainer.stepCount == 0 && trainer.state.stepWithinEpoch == 0)
    trainer.model = SequenceModel.stack([4])
    #expect(try trainer.trainEpoch(on: dataset).epoch == 1)
    #expect(trainer.stepCount == 5)
  }

  @Test(arguments: [
    ("\"step\":9", "\"step\":-1"), ("\"epoch\":2", "\"epoch\":0"),
    ("\"epoch\":2", "\"epoch\":9223372036854775807"), ("\"steps\":4", "\"steps\":5"),
    ("\"steps\":4", "\"steps\":-1"), ("\"examples\":70", "\"examples\":0"),
    ("\"examples\":70", "\"examples\":9223372036854775807"),
    ("\"averageSteps\":0", "\"averageSteps\":-1"),
    ("\"averageSteps\":0", "\"averageSteps\":1"),
    ("\"optimizerStep\":9", "\"optimizerStep\":9223372036854775807"),
  ])
  func `counts that cannot be are refused, whoever wrote them`(old: String, new: String) throws {
    let options = TrainingOptions(batchSize: 16, epochs: 2)
    let trainer = Trainer(SequenceModel.stack([4]), optimizer: Adam(), options: options)
    _ = try trainer.trainEpoch(on: dataset)
    _ = try trainer.trainEpoch(on: dataset) { if $0.step == 4 { trainer.pause() } }
    var file = Checkpoint(trainer.state).safetensors
    let counts = try #require(file.metadata["training"])
    try #require(counts.contains(old), "\(counts)")
    file.metadata["training"] = counts.replacing(old, with: new)
    file.addChecksum()
    let error = #expect(throws: TrainerStateError.self) {
      try trainer.restore(Checkpoint(file).state)
    }
    #expect(error?.description == "the state counts steps that cannot be")
  }

  @Test func `a state of another training is refused, and changes nothing`() throws {
    let options = TrainingOptions(batchSize: 16)
    func trainer(
      _ sizes: [Int],
      _ optimizer: any Optimizer = Adam(),
      average: Float? = nil
    ) throws -> Trainer<SequenceModel> {
      var options = options
      options.averageDecay = average
      let trainer = Trainer(SequenceModel.stack(sizes), optimizer: optimizer, options: options)
      _ = try trainer.trainEpoch(on: dataset)
      return trainer
    }
    let own = try trainer([4])
    let before = digest(own.state)
    let cases: [(Trainer<SequenceModel>, String)] = [
      (try trainer([4, 4]), "a model with 8 parameters, not 5"),
      (try trainer([5]), "'lstm.weight_ih_l0' of shape [20, 3] where the training has"),
      (try trainer([4], Adam(isAMSGrad: true)), "the state's optimizer remembers other tensors"),
      (try trainer([4], Lion()), "the state's optimizer remembers other tensors"),
      (try trainer([4], average: 0.9), "the state has an average of the parameters"),
    ]
    for (other, problem) in cases {
      let error = #expect(throws: TrainerStateError.self) { try own.restore(other.state) }
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
      #expect(digest(own.state) == before)
    }
  }
}
