import Recurrent
import RecurrentTestSupport
import Testing

/// What the options beside the optimizer do to training.
struct TrainingOptionsTests {
  private let dataset = SequenceDataset.random(count: 40)

  private func trainer(
    _ optimizer: any Optimizer = GradientDescent(learningRate: 0.5),
    options: TrainingOptions
  ) -> Trainer<SequenceModel> {
    Trainer(SequenceModel.stack([4]), optimizer: optimizer, options: options)
  }

  private func elements(_ model: SequenceModel?) -> [Double] {
    model?.parameters.flatMap { $0.value.elements.map(Double.init) } ?? []
  }

  @Test func `the average follows the parameters, at first quickly`() throws {
    let trainer = trainer(options: .init(batchSize: 8, epochs: 2, averageDecay: 0.4))
    var average = elements(trainer.model)
    var step = 0
    for _ in 1...2 {
      _ = try trainer.trainEpoch(on: dataset) { _ in
        step += 1
        let decay = min(Double(Float(0.4)), Double(1 + step) / Double(10 + step))
        for (n, w) in elements(trainer.model).enumerated() {
          average[n] = decay * average[n] + (1 - decay) * w
        }
        // A rounding or two at each of ten steps.
        let got = elements(trainer.averagedModel).map { Float($0) }
        #expect(mismatch(got, average, tolerance: 1e-6) == nil)
      }
    }
    #expect(step == 10)
    #expect(elements(trainer.averagedModel) != elements(trainer.model))
  }

  @Test func `without a decay there is no average, and an average changes no training`() throws {
    let without = trainer(options: .init(batchSize: 8))
    let with = trainer(options: .init(batchSize: 8, averageDecay: 0.9))
    _ = try without.trainEpoch(on: dataset)
    _ = try with.trainEpoch(on: dataset)
    #expect(without.averagedModel == nil)
    #expect(without.model.parameters.map(\.value) == with.model.parameters.map(\.value))
  }

  @Test func `a model that is put back is trained on from there`() throws {
    let trainer = trainer(options: .init(batchSize: 8, epochs: 3, averageDecay: 0.9))
    _ = try trainer.trainEpoch(on: dataset, order: Array(0..<40))
    let best = trainer.model
    _ = try trainer.trainEpoch(on: dataset, order: Array(0..<40))
    let later = elements(trainer.model)
    trainer.model = best
    #expect(elements(trainer.model) == elements(best))
    #expect(elements(trainer.averagedModel) == elements(best))
    _ = try trainer.trainEpoch(on: dataset, order: Array(0..<40))
    // Plain descent remembers nothing: the same epoch gives the same model.
    #expect(elements(trainer.model) == later)
  }

  @Test func `a model of other parameters cannot be put back`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let trainer = Trainer(
        SequenceModel.stack([4]),
        optimizer: GradientDescent(learningRate: 1)
      )
      trainer.model = SequenceModel.stack([5])
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("a trainer's model can only be replaced by one of the same parameters")
    )
  }

  @Test func `early stopping as its comment says it restores the best model`() throws {
    let trainer = trainer(
      GradientDescent(learningRate: 8),
      options: .init(batchSize: 8, epochs: 30, clipNorm: 4)
    )
    var stopping = EarlyStopping(patience: 2)
    var (best, costs) = (trainer.model, [Double]())
    while !stopping.shouldStop, trainer.epoch < 30 {
      _ = try trainer.trainEpoch(on: dataset)
      costs.append(trainer.model.evaluate(on: dataset).cost)
      if stopping.observe(costs[costs.count - 1]) { best = trainer.model }
    }
    trainer.model = best
    #expect(stopping.shouldStop && costs.count == stopping.bestEpoch + 2)
    #expect(trainer.model.evaluate(on: dataset).cost == costs.min())
  }

  @Test func `values are limited after the norm`() throws {
    let start = SequenceModel.stack([4])
    let trainer = trainer(
      GradientDescent(learningRate: 1),
      options: .init(clipNorm: 10, clipValue: 0.001)
    )
    try trainer.trainBatch(on: dataset, at: 0..<40)
    let moves = zip(elements(trainer.model), elements(start)).map { abs($0 - $1) }
    // Weights of less than 1 round by 6e-8 when the step is taken.
    #expect(moves.allSatisfy { $0 < 0.001 + 1e-7 } && moves.contains { $0 > 0.001 - 1e-7 })
  }

  @Test func `both engines smooth labels alike`() throws {
    let options = TrainingOptions(batchSize: 16, epochs: 2, labelSmoothing: 0.2)
    let model = SequenceModel.stack([6, 5])
    let optimizer = GradientDescent(learningRate: 0.2)
    let fused = Trainer(model, optimizer: optimizer, options: options)
    let taped = Trainer(TapedModel(model: model), optimizer: optimizer, options: options)
    let plain = Trainer(
      model,
      optimizer: optimizer,
      options: TrainingOptions(batchSize: 16, epochs: 2)
    )
    for _ in 1...2 {
      let (a, b) = (try fused.trainEpoch(on: dataset), try taped.trainEpoch(on: dataset))
      #expect(abs(a.averageCost - b.averageCost) <= 1e-5)
      #expect(try plain.trainEpoch(on: dataset).averageCost != a.averageCost)
    }
    let got = fused.model.parameters.flatMap(\.value.elements)
    let want = taped.model.parameters.flatMap(\.value.elements)
    #expect(mismatch(got, want, tolerance: 1e-5) == nil)
  }

  @Test func `a schedule moves the momentum of optimizers that have one`() throws {
    let options = TrainingOptions(batchSize: 8, epochs: 2, schedule: OneCycle())
    let optimizers: [any Optimizer] = [
      GradientDescent(learningRate: 0.1, momentum: 0.9), GradientDescent(learningRate: 0.1),
      Adam(), AdamW(), Lion(), RMSprop(momentum: 0.5), RMSprop(), Adagrad(),
    ]
    for optimizer in optimizers {
      let trainer = trainer(optimizer, options: options)
      var momenta: [Float] = []
      for _ in 1...2 {
        _ = try trainer.trainEpoch(on: dataset) { _ in momenta.append(trainer.optimizer.momentum) }
      }
      let want = (0..<10).map { step in
        optimizer.momentum == 0 ? 0 : OneCycle().momentum(step: step, of: 10)
      }
      #expect(momenta == want, "\(optimizer)")
    }
  }

  @Test func `a value that is reported reaches the schedule`() throws {
    let trainer = trainer(
      options: .init(batchSize: 8, schedule: ReduceOnPlateau(factor: 0.5, patience: 0))
    )
    var rates: [Float] = []
    for cost in [1, 1, 2] as [Double] {
      _ = try trainer.trainEpoch(on: dataset)
      rates.append(trainer.optimizer.learningRate)
      trainer.observe(cost)
    }
    #expect(rates == [0.5, 0.5, 0.25])
  }

  /// Every optimizer, with everything on.
  static let optimizers: [any Optimizer] = [
    GradientDescent(learningRate: 0.1, momentum: 0.9, isNesterov: true, weightDecay: 0.01),
    RMSprop(momentum: 0.5, isCentred: true), Adagrad(), AdamW(isAMSGrad: true), Lion(),
  ]

  @Test(arguments: optimizers)
  func `the same seed gives the same bits on any number of threads`(
    optimizer: any Optimizer
  ) throws {
    let bytes = try [1, 2, 3].map { threads in
      let trainer = trainer(
        optimizer,
        options: .init(
          batchSize: 16,
          epochs: 2,
          threads: threads,
          clipNorm: 1,
          clipValue: 0.1,
          schedule: OneCycle(),
          labelSmoothing: 0.1,
          averageDecay: 0.9
        )
      )
      for _ in 1...2 { _ = try trainer.trainEpoch(on: dataset) }
      return trainer.model.safetensors.bytes + (trainer.averagedModel?.safetensors.bytes ?? [])
    }
    #expect(bytes[0] == bytes[1] && bytes[0] == bytes[2])
  }
}
