import Recurrent

/// A network whose gradient is measured.
enum MeasuredNetwork: CaseIterable {
  case simple
  case lstm
  case openLSTM

  static let steps = 50
  static let hidden = 12
  static let trainingExamples = 640
  static let testExamples = 200
  static let flowExamples = 32
  static let epochs = 12
  static let batch = 32
  static let learningRate: Float = 0.01
  /// What starting values are drawn by; the first is that of the measurements.
  static let seeds: [UInt64] = [1, 2, 3]

  /// The sequences that are trained on.
  static var training: SequenceDataset {
    FirstNumber.dataset(count: trainingExamples, steps: steps, part: 0)
  }
  /// Others.
  static var test: SequenceDataset {
    FirstNumber.dataset(count: testExamples, steps: steps, part: 1)
  }

  var name: String {
    switch self {
    case .simple: "RNN"
    case .lstm: "LSTM, bias 1"
    case .openLSTM: "LSTM, bias 4"
    }
  }

  /// The network before any training, with PyTorch's starting values.
  func model(seed: UInt64) -> SequenceModel {
    switch self {
    case .simple:
      .rnn(
        inputSize: 1,
        hiddenSize: Self.hidden,
        classes: 1,
        initialization: .torch,
        seed: seed
      )
    case .lstm, .openLSTM:
      .lstm(
        inputSize: 1,
        hiddenSize: Self.hidden,
        classes: 1,
        forgetBias: self == .lstm ? 1 : 4,
        initialization: .torch,
        seed: seed
      )
    }
  }

  /// The network after a short training, the same for every network and seed.
  func trained(seed: UInt64, threads: Int) throws -> SequenceModel {
    let trainer = Trainer(
      model(seed: seed),
      optimizer: Adam(learningRate: Self.learningRate),
      options: TrainingOptions(
        batchSize: Self.batch,
        epochs: Self.epochs,
        seed: 1,
        threads: threads,
        clipNorm: 1
      )
    )
    let training = Self.training
    for _ in 0..<Self.epochs { _ = try trainer.trainEpoch(on: training) }
    return trainer.model
  }
}
