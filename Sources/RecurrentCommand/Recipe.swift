public import ArgumentParser
public import Recurrent

/// The recurrent cells that can be trained by name.
enum CellName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// Long short-term memory.
  case lstm
  /// The simple recurrent network with tanh.
  case rnn
}

/// The optimizers that can be chosen by name.
enum OptimizerName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// Plain gradient descent.
  case gradientDescent = "gradient-descent"
  /// Adam.
  case adam
}

/// How the learning rate changes, by name.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// It does not.
  case constant
  /// It rises over the first tenth of all steps and then falls towards 0, in straight lines.
  case linear
}

/// A named set of settings to begin with.
enum Preset: String, ExpressibleByArgument, CaseIterable, Codable {
  /// The best short run we know.
  case standard
  /// The classic notebook: TensorFlow 1's starting values, plain gradient descent, 1,000 epochs.
  case notebook

  /// The settings the preset stands for.
  var recipe: Recipe {
    switch self {
    case .standard: Recipe()
    case .notebook:
      Recipe(
        initialization: .notebook,
        epochs: 1000,
        dropsLastBatch: true,
        optimizer: .gradientDescent,
        learningRate: 0.001,
        clip: nil,
        schedule: .constant
      )
    }
  }
}

extension Initialization: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

/// Every setting of a training run but the data, the seed and the threads.
struct Recipe: Codable, Equatable {
  var cell = CellName.lstm
  var hiddenSize = 128
  var forgetBias: Float = 1
  var initialization = Initialization.recommended
  var epochs = 10
  var batchSize = 128
  var dropsLastBatch = false
  var optimizer = OptimizerName.adam
  var learningRate: Float = 0.004
  /// The longest norm of a gradient; nil for no limit.
  var clip: Float? = 1
  var schedule = ScheduleName.linear
  /// How products are computed in training; nil stands for 32-bit floats.
  var precision: Precision?
  /// How training examples are changed before they are read; nil for not.
  var augmentation: Augmentation?

  /// A model with starting values drawn by `seed`.
  func model(for dataset: SequenceDataset, seed: UInt64) -> SequenceModel {
    let classes = dataset.classNames.count
    return switch cell {
    case .lstm:
      .lstm(
        inputSize: dataset.features,
        hiddenSize: hiddenSize,
        classes: classes,
        forgetBias: forgetBias,
        initialization: initialization,
        seed: seed
      )
    case .rnn:
      .rnn(
        inputSize: dataset.features,
        hiddenSize: hiddenSize,
        classes: classes,
        initialization: initialization,
        seed: seed
      )
    }
  }

  /// A trainer of `model` by this recipe.
  func trainer(
    of model: SequenceModel,
    seed: UInt64,
    threads: Int
  ) -> Trainer<SequenceModel> {
    let rule: any Optimizer =
      switch optimizer {
      case .adam: Adam(learningRate: learningRate)
      case .gradientDescent: GradientDescent(learningRate: learningRate)
      }
    let change: any Schedule =
      switch schedule {
      case .constant: ConstantRate()
      case .linear: WarmupLinearDecay()
      }
    return Trainer(
      model,
      optimizer: rule,
      options: TrainingOptions(
        batchSize: batchSize,
        epochs: epochs,
        seed: seed,
        threads: threads,
        clipNorm: clip,
        dropsLastBatch: dropsLastBatch,
        schedule: change,
        precision: precision ?? .float32,
        augmentation: augmentation
      )
    )
  }
}
