import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Trainings that several processes share against the same in one.
struct SharedTrainingTests {
  /// What a training came to, in bits.
  struct Outcome: Sendable, Equatable {
    var parameters: [[UInt32]]
    var costs: [Double]
    var norms: [Double]
    var validation: [Double]
    var carried: [[UInt32]] = []
  }

  private static func dataset(count: Int, isUneven: Bool, seed: UInt64) -> SequenceDataset {
    var numbers = SeededNumbers(seed)
    let steps = 5
    return SequenceDataset(
      elements: .floats(numbers.floats(count * steps * 3)),
      labels: (0..<count).map { $0 % 3 },
      steps: steps,
      features: 3,
      classNames: ["a", "b", "c"],
      lengths: isUneven ? (0..<count).map { _ in numbers.integer(in: 1...steps) } : nil
    )
  }

  private static func options(_ processes: ProcessGroup?) -> TrainingOptions {
    TrainingOptions(
      batchSize: 40,
      epochs: 2,
      seed: 3,
      threads: processes == nil ? 2 : 1,
      processes: processes,
      clipNorm: 0.5,
      averageDecay: 0.9
    )
  }

  private static func train<Model: SequenceClassifier>(
    _ model: Model,
    isUneven: Bool,
    _ processes: ProcessGroup?,
    validating: (Model, SequenceDataset) throws -> Double
  ) throws -> Outcome {
    // 40, 40 and 9 rows: 4, 4 and 2 shards.
    let dataset = dataset(count: 89, isUneven: isUneven, seed: 5)
    let validation = Self.dataset(count: 31, isUneven: isUneven, seed: 6)
    let trainer = Trainer(model, optimizer: Adam(), options: options(processes))
    var outcome = Outcome(parameters: [], costs: [], norms: [], validation: [])
    for _ in 1...2 {
      let report = try trainer.trainEpoch(on: dataset) { outcome.costs.append($0.cost) }
      outcome.norms.append(report.gradientNorm ?? 0)
      outcome.costs.append(report.accuracy)
      outcome.validation.append(try validating(trainer.model, validation))
    }
    outcome.parameters = trainer.model.parameters.map { $0.value.elements.map(\.bitPattern) }
    outcome.parameters += (trainer.averagedModel?.parameters ?? []).map {
      $0.value.elements.map(\.bitPattern)
    }
    return outcome
  }

  private static func model() -> SequenceModel {
    var stream = RandomStream(seed: 31, purpose: .testing)
    var first = LSTM(inputSize: 3, hiddenSize: 20, using: &stream)
    first.regularization = Regularization(inputDropout: 0.2, dropConnect: 0.1)
    first.learnInitialState()
    let top = GRU(inputSize: 20, hiddenSize: 18, using: &stream)
    return SequenceModel(
      layers: [first, top],
      headDropout: 0.2,
      head: Dense(inputSize: 18, outputSize: 3, using: &stream)
    )
  }

  @Test("Any number of processes trains the model that one trains", arguments: [1, 2, 3, 4, 5, 8])
  func anyNumberTrainsTheSame(processes: Int) throws {
    for isUneven in [false, true] {
      let alone = try Self.train(Self.model(), isUneven: isUneven, nil) { model, dataset in
        model.compare(with: dataset, threads: 2).cost
      }
      let shared = try ThreadGroup.run(processes) { group in
        try Self.train(Self.model(), isUneven: isUneven, group) { model, dataset in
          try #require(Predictor(model, threads: 1)).compare(with: dataset, sharedBy: group).cost
        }
      }
      #expect(shared == Array(repeating: alone, count: processes))
    }
  }

  @Test("So it is where layers are not built in", arguments: [2, 3, 8])
  func tapedModelsTrainTheSame(processes: Int) throws {
    let alone = try Self.train(TapedModel(model: Self.model()), isUneven: false, nil) { _, _ in 0 }
    let shared = try ThreadGroup.run(processes) { group in
      try Self.train(TapedModel(model: Self.model()), isUneven: false, group) { _, _ in 0 }
    }
    #expect(shared == Array(repeating: alone, count: processes))
  }

  @Test("States are carried from window to window in every process", arguments: [2, 3, 4])
  func statesAreCarried(processes: Int) throws {
    @Sendable func train(_ group: ProcessGroup?) throws -> Outcome {
      var numbers = SeededNumbers(8)
      let text = TokenText(
        numbers.integers(300, in: 0...4).map(UInt16.init),
        vocabulary: ["a", "b", "c", "d", "e"]
      )
      // Windows at the documents' ends are short, and rows change their places.
      let dataset = try #require(
        SequenceDataset.nextTokens(
          of: text,
          documents: [0..<110, 110..<187, 187..<300],
          window: 7,
          lanes: 8
        )
      )
      var stream = RandomStream(seed: 2, purpose: .testing)
      let model = SequenceModel(
        layers: [LSTM(inputSize: 5, hiddenSize: 12, using: &stream)],
        summary: .allOutputs,
        head: Dense(inputSize: 12, outputSize: 5, using: &stream)
      )
      let trainer = Trainer(
        model,
        optimizer: Adam(),
        options: TrainingOptions(batchSize: 8, seed: 2, threads: 1, processes: group)
      )
      var outcome = Outcome(parameters: [], costs: [], norms: [], validation: [])
      _ = try trainer.trainEpoch(on: dataset) { step in
        outcome.costs.append(step.cost)
        let states = trainer.state.carriedStates
        outcome.carried += states.map { $0.elements.map(\.bitPattern) }
      }
      outcome.parameters = trainer.model.parameters.map { $0.value.elements.map(\.bitPattern) }
      return outcome
    }
    let alone = try train(nil)
    #expect(!alone.carried.isEmpty)
    let shared = try ThreadGroup.run(processes) { try train($0) }
    #expect(shared == Array(repeating: alone, count: processes))
  }

  @Test("Where one asks for a pause, all pause after the same step")
  func allPause() throws {
    let steps = try ThreadGroup.run(3) { group in
      let dataset = Self.dataset(count: 240, isUneven: false, seed: 4)
      let trainer = Trainer(Self.model(), optimizer: Adam(), options: Self.options(group))
      let report = try trainer.trainEpoch(on: dataset) { step in
        if group.rank == 1, step.step == 2 { trainer.pause() }
      }
      #expect(!report.isFinished)
      return trainer.stepCount
    }
    #expect(steps == [3, 3, 3])
  }

  @Test("A process that is gone ends the step, and leaves the model as before it")
  func lossLeavesTheModel() throws {
    let results = try ThreadGroup.run(3, losing: 2) { group in
      let dataset = Self.dataset(count: 80, isUneven: false, seed: 4)
      let model = Self.model()
      let trainer = Trainer(model, optimizer: Adam(), options: Self.options(group))
      let error = #expect(throws: TrainingError.self) { try trainer.trainEpoch(on: dataset) }
      guard case .lostProcess(let loss) = error?.cause else { return false }
      #expect(loss.rank == 2)
      #expect(error?.description == "process 2 is gone (at epoch 1, step 1)")
      #expect(trainer.stepCount == 0)
      return trainer.model.parameters.map(\.value) == model.parameters.map(\.value)
    }
    #expect(results == [true, true])
  }
}
