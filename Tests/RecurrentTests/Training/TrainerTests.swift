import Recurrent
import RecurrentTestSupport
import Testing

struct TrainerTests {
  /// A training run: how many examples, in batches of which size, through which layers.
  struct Run: Sendable, CustomTestStringConvertible {
    var examples: Int
    var batchSize: Int
    var layers: [Int]
    var isLSTM = true
    var testDescription: String {
      "\(examples) examples in batches of \(batchSize), \(isLSTM ? "LSTM" : "RNN") \(layers)"
    }
  }

  static let runs = [
    Run(examples: 1, batchSize: 1, layers: [5]),
    Run(examples: 5, batchSize: 1, layers: [17]),
    Run(examples: 37, batchSize: 16, layers: [6]),
    Run(examples: 37, batchSize: 16, layers: [6, 20]),
    Run(examples: 37, batchSize: 16, layers: [70], isLSTM: false),
    Run(examples: 130, batchSize: 100, layers: [4, 5, 6]),
    Run(examples: 130, batchSize: 130, layers: [9, 3], isLSTM: false),
    Run(examples: 300, batchSize: 300, layers: [3]),
  ]

  // Both engines take the same sums, cut into the same shards, in other orders within a shard; the
  // weights move by less than 1, and their gradients are good to some 1e-6.
  @Test(arguments: runs)
  func `the fused engine trains as the tape does`(run: Run) throws {
    let dataset = SequenceDataset.random(count: run.examples)
    let model = SequenceModel.stack(run.layers, isLSTM: run.isLSTM)
    let options = TrainingOptions(batchSize: run.batchSize, epochs: 3, seed: 7, threads: 2)
    let optimizer = GradientDescent(learningRate: 0.2)
    let fused = Trainer(model, optimizer: optimizer, options: options)
    let taped = Trainer(TapedModel(model: model), optimizer: optimizer, options: options)
    for _ in 1...3 {
      let a = try fused.trainEpoch(on: dataset)
      let b = try taped.trainEpoch(on: dataset)
      #expect(abs(a.averageCost - b.averageCost) <= 1e-5)
      #expect(a.accuracy == b.accuracy)
      #expect(a.examples == run.examples && b.examples == run.examples)
    }
    for (a, b) in zip(fused.model.parameters, taped.model.parameters) {
      #expect(a.name == b.name)
      #expect(mismatch(a.value.elements, b.value.elements, tolerance: 1e-5) == nil, "\(a.name)")
    }
    #expect(fused.model.parameters[0].value != model.parameters[0].value)
  }

  private func trainedBytes(_ run: Run, seed: UInt64, threads: Int, isTaped: Bool) throws -> [UInt8]
  {
    let dataset = SequenceDataset.random(count: run.examples)
    let model = SequenceModel.stack(run.layers, isLSTM: run.isLSTM)
    let options = TrainingOptions(
      batchSize: run.batchSize,
      epochs: 2,
      seed: seed,
      threads: threads,
      clipNorm: 1,
      schedule: WarmupLinearDecay()
    )
    func train<Model>(_ trainer: Trainer<Model>) throws -> Model {
      for _ in 1...2 { _ = try trainer.trainEpoch(on: dataset) }
      return trainer.model
    }
    let optimizer = Adam(learningRate: 0.01)
    let trained =
      isTaped
      ? try train(Trainer(TapedModel(model: model), optimizer: optimizer, options: options)).model
      : try train(Trainer(model, optimizer: optimizer, options: options))
    return trained.safetensors.bytes
  }

  @Test(
    arguments: [
      Run(examples: 200, batchSize: 90, layers: [18, 5]),
      Run(examples: 257, batchSize: 256, layers: [7], isLSTM: false),
    ],
    [false, true]
  )
  func `the same seed gives the same bytes on any number of threads`(
    run: Run,
    isTaped: Bool
  ) throws {
    let one = try trainedBytes(run, seed: 3, threads: 1, isTaped: isTaped)
    for threads in [1, 2, 3, 5] {
      let again = try trainedBytes(run, seed: 3, threads: threads, isTaped: isTaped)
      #expect(again == one, "\(threads) threads")
    }
    #expect(try trainedBytes(run, seed: 4, threads: 1, isTaped: isTaped) != one)
  }

  @Test func `a short last batch is kept or left out`() throws {
    let dataset = SequenceDataset.random(count: 37)
    for (drops, sizes) in [(false, [10, 10, 10, 7]), (true, [10, 10, 10])] {
      let trainer = Trainer(
        SequenceModel.stack([4]),
        optimizer: GradientDescent(learningRate: 0.1),
        options: TrainingOptions(batchSize: 10, threads: 1, dropsLastBatch: drops)
      )
      var seen = [0]
      var reports: [StepReport] = []
      let epoch = try trainer.trainEpoch(on: dataset) { report in
        seen.append(report.epochSoFar.examples)
        reports.append(report)
      }
      #expect(zip(seen, seen.dropFirst()).map { $1 - $0 } == sizes)
      #expect(reports.map(\.step) == Array(1...sizes.count))
      #expect(reports.allSatisfy { $0.steps == sizes.count && $0.epoch == 1 })
      #expect(epoch.examples == sizes.reduce(0, +))
      let mean = zip(reports, sizes).reduce(0) { $0 + $1.0.cost * Double($1.1) }
      #expect(abs(epoch.averageCost - mean / Double(epoch.examples)) < 1e-12)
      #expect(trainer.epoch == 1)
    }
  }

  @Test func `leaving out the last batch changes the model`() throws {
    let dataset = SequenceDataset.random(count: 11)
    let trained = try [false, true].map { drops in
      let trainer = Trainer(
        SequenceModel.stack([4]),
        optimizer: GradientDescent(learningRate: 0.1),
        options: TrainingOptions(batchSize: 10, threads: 1, dropsLastBatch: drops)
      )
      _ = try trainer.trainEpoch(on: dataset, order: Array(0..<11))
      return trainer.model.safetensors.bytes
    }
    #expect(trained[0] != trained[1])
  }

  @Test func `every epoch has an order of its own`() throws {
    let dataset = SequenceDataset.random(count: 40)
    let trainer = Trainer(
      SequenceModel.stack([4]),
      optimizer: GradientDescent(learningRate: 0),
      options: TrainingOptions(batchSize: 4, threads: 1)
    )
    var costs: [[Double]] = []
    for _ in 1...2 {
      var epoch: [Double] = []
      _ = try trainer.trainEpoch(on: dataset) { epoch.append($0.cost) }
      costs.append(epoch)
    }
    #expect(costs[0] != costs[1])
    // Without learning, the examples cost the same in any order, but for rounding.
    #expect(abs(costs[0].reduce(0, +) - costs[1].reduce(0, +)) < 1e-5)
  }

  @Test func `the schedule decides the learning rate of each step`() throws {
    let dataset = SequenceDataset.random(count: 20)
    let schedule = WarmupLinearDecay(warmup: 0.3)
    let trainer = Trainer(
      SequenceModel.stack([4]),
      optimizer: GradientDescent(learningRate: 0.5),
      options: TrainingOptions(batchSize: 5, epochs: 2, threads: 1, schedule: schedule)
    )
    var rates: [Float] = []
    for _ in 1...2 {
      _ = try trainer.trainEpoch(on: dataset) { _ in rates.append(trainer.optimizer.learningRate) }
    }
    #expect(rates == (0..<8).map { 0.5 * schedule.factor(step: $0, of: 8) })
  }

  @Test func `a clipped step is as long as its bound`() throws {
    let dataset = SequenceDataset.random(count: 16)
    let model = SequenceModel.stack([4])
    let trainer = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 1),
      options: TrainingOptions(batchSize: 16, threads: 1, clipNorm: 0.01)
    )
    try trainer.trainBatch(on: dataset, at: 0..<16)
    var square = 0.0
    for (after, before) in zip(trainer.model.parameters, model.parameters) {
      for (a, b) in zip(after.value.elements, before.value.elements) {
        square += (Double(a) - Double(b)) * (Double(a) - Double(b))
      }
    }
    // Weights around 1/2 round by 3e-8 when the step is taken; there are some two hundred.
    #expect(abs(square.squareRoot() - 0.01) < 1e-6)
  }

  @Test(arguments: [false, true])
  func `a loss that is no number stops training before the model changes`(isTaped: Bool) throws {
    var values = SequenceDataset.random(count: 12).values(ofExample: 0)
    values[5] = .nan
    let good = SequenceDataset.random(count: 12)
    let all = (0..<12).flatMap { good.values(ofExample: $0) }
    let dataset = SequenceDataset(
      elements: .floats(all + values),
      labels: good.labels + [0],
      steps: 4,
      features: 3,
      classNames: good.classNames
    )
    func check<Model>(_ trainer: Trainer<Model>, _ other: Trainer<Model>) throws {
      try trainer.trainBatch(on: dataset, at: 0..<12)
      let before = trainer.model.parameters.map(\.value)
      let error = #expect(throws: TrainingError.self) {
        try trainer.trainBatch(on: dataset, at: 6...12)
      }
      #expect(
        error?.description == """
          the loss became NaN at epoch 1, step 1; \
          try a smaller learning rate or clip the gradient's norm to 1
          """
      )
      #expect(error?.value?.isNaN == true)
      #expect(trainer.model.parameters.map(\.value) == before)
      // Nor does the optimizer remember the step.
      try trainer.trainBatch(on: dataset, at: 0..<8)
      try other.trainBatch(on: dataset, at: 0..<12)
      try other.trainBatch(on: dataset, at: 0..<8)
      #expect(trainer.model.parameters.map(\.value) == other.model.parameters.map(\.value))
    }
    let model = SequenceModel.stack([5])
    let options = TrainingOptions(threads: 2)
    if isTaped {
      try check(
        Trainer(TapedModel(model: model), optimizer: Adam(), options: options),
        Trainer(TapedModel(model: model), optimizer: Adam(), options: options)
      )
    } else {
      try check(
        Trainer(model, optimizer: Adam(), options: options),
        Trainer(model, optimizer: Adam(), options: options)
      )
    }
  }

  // All hidden states are 0, so the logits are 0 and the loss is ln 3; but the gradient that comes
  // back through the head is (2/3 + 1/3 + 1/3) 3e38, more than a float holds, and infinity times 0
  // further down.
  @Test(arguments: [nil, 1 as Float?])
  func `a gradient that is no number stops training before the model changes`(clip: Float?) throws {
    let zeros = RecurrentWeights(
      input: .zeros([8, 3]),
      recurrent: .zeros([8, 2]),
      bias: .zeros([8])
    )
    let weight = Tensor([-3e38, -3e38, 3e38, 3e38, 3e38, 3e38], shape: [3, 2])
    let model = SequenceModel(
      layers: [LSTM(zeros)],
      head: Dense(weight: weight, bias: .zeros([3]))
    )
    let dataset = SequenceDataset.random(count: 9)
    let first = try #require(dataset.labels.firstIndex(of: 0))
    let trainer = Trainer(model, optimizer: Adam(), options: TrainingOptions(clipNorm: clip))
    let error = #expect(throws: TrainingError.self) {
      try trainer.trainBatch(on: dataset, at: [first])
    }
    #expect(error?.quantity == .gradientNorm)
    #expect(error?.description.hasPrefix("the gradient's norm became NaN at epoch 1, ") == true)
    #expect(trainer.model.parameters.map(\.value) == model.parameters.map(\.value))
  }

  @Test func `an error says in which epoch and step it came`() throws {
    var model = SequenceModel.stack([4])
    model.head.bias = Tensor([3e38, -3e38, 0])
    let dataset = SequenceDataset.random(count: 9)
    let first = try #require(dataset.labels.firstIndex(of: 0))
    let second = try #require(dataset.labels.firstIndex(of: 1))
    let trainer = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 0.1),
      options: TrainingOptions(batchSize: 1, threads: 1)
    )
    _ = try trainer.trainEpoch(on: dataset, order: [first])
    let error = #expect(throws: TrainingError.self) {
      try trainer.trainEpoch(on: dataset, order: [first, first, second])
    }
    #expect(
      error?.description == """
        the loss became infinite at epoch 2, step 3; \
        try a smaller learning rate or clip the gradient's norm to 1
        """
    )
  }

  @Test func `an epoch without a batch traps`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let trainer = Trainer(
        SequenceModel.stack([4]),
        optimizer: GradientDescent(learningRate: 0.1),
        options: TrainingOptions(batchSize: 10, dropsLastBatch: true)
      )
      _ = try trainer.trainEpoch(on: .random(count: 9))
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("an epoch of 9 examples has no batch of 10")
    )
  }
}
