public import ArgumentParser
public import Recurrent
import RecurrentData

/// The optimizers that can be chosen by name.
enum OptimizerName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// Plain gradient descent.
  case gradientDescent = "gradient-descent"
  /// Gradient descent with momentum.
  case momentum
  /// Gradient descent with Nesterov's momentum.
  case nesterov
  /// RMSprop, as PyTorch has it.
  case rmsprop
  /// Adam.
  case adam
  /// Adam with a weight decay of its own.
  case adamw
  /// Lion.
  case lion

  /// The momentum that is used if none is given; nil where none can be given.
  var defaultMomentum: Float? {
    switch self {
    case .momentum, .nesterov: 0.9
    case .rmsprop: 0
    case .gradientDescent, .adam, .adamw, .lion: nil
    }
  }
}

/// How the learning rate changes, by name.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// It does not.
  case constant
  /// It rises over the first tenth of all steps and then falls towards 0, in straight lines.
  case linear
  /// It falls to a tenth at half of the epochs, and again at three quarters.
  case step
  /// It rises over the first tenth of all steps and then falls to 0 along half a cosine.
  case cosine
  /// It rises over three tenths of all steps and then falls, while the momentum goes the other way.
  case oneCycle = "one-cycle"
  /// It is halved whenever three epochs have passed without a lower validation cost.
  case plateau
}

/// A named set of settings to begin with.
enum Preset: String, ExpressibleByArgument, CaseIterable, Codable {
  /// The best short run we know.
  case standard
  /// A longer run for images: augmentation, dropout, smoothed labels and averaged weights.
  case accurate
  /// The best reader of images we know: sweeps over overlapping patches, trained as in `accurate`.
  case best
  /// One GRU that reads images pixel by pixel.
  case pixels
  /// One LSTM of 512 units that learns to write.
  case text
  /// A reader of few and short series of measurements.
  case series
  /// One LSTM that goes on with series.
  case forecast
  /// The classic notebook: TensorFlow 1's starting values, plain gradient descent, 1,000 epochs.
  case notebook

  /// The settings the preset stands for.
  var recipe: Recipe {
    switch self {
    case .standard: Recipe()
    case .accurate: .forImages
    case .best: .forImages.sweeping
    case .pixels: .forPixels
    case .text: .forText
    case .series: .forSeries
    case .forecast: .forForecasts
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

extension DataSelection {
  /// The settings that such data are learned with where nothing else is said.
  var usualRecipe: Recipe {
    switch task {
    case .languageModel: .forText
    case .forecast: .forForecasts
    case .classify, .label, .regress:
      name.isSeries
        ? .forSeries.answering(task)
        : name.memoryTask == nil ? Recipe() : .forMemory(lag: lag ?? Self.usualLag, task)
    }
  }
}

extension Initialization: ExpressibleByArgument {
  /// What can be asked for, T standing for a number of steps.
  public static var allValueStrings: [String] { named.map(\.rawValue) + ["chrono:T"] }
}
extension Precision: ExpressibleByArgument {}

/// Every setting of a training run but the data, the seed and the threads.
struct Recipe: Codable, Equatable {
  var cell = CellName.lstm
  var hiddenSize: LayerSizes = 128
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
  /// How much of the velocity is kept at each step; nil for the optimizer's default.
  var momentum: Float?
  /// How strongly weights are pulled towards zero; nil for the optimizer's default.
  var weightDecay: Float?
  /// The largest magnitude of a gradient's number; nil for no limit.
  var clipValue: Float?
  /// How much of every label is given to all classes alike; nil for nothing.
  var labelSmoothing: Float?
  /// How much of the weights' running average is kept at each step; nil for no average.
  var average: Float?
  /// The share of what the head reads that is left out; nil for nothing.
  var dropout: Float?
  /// The number of epochs without a lower validation cost after which training stops; nil for none.
  var patience: Int?
  /// How training examples are changed before they are read; nil for not.
  var augmentation: Augmentation?
  /// The steps of a window of a long text; nil for the usual.
  var window: Int?
  /// How the layers are put together; nil for one direction, the last output and nothing dropped.
  var structure: ModelStructure?

  /// What keeps one LSTM from learning images by heart.
  fileprivate static var forImages: Recipe {
    Recipe(
      epochs: 20,
      optimizer: .adamw,
      learningRate: 0.003,
      schedule: .oneCycle,
      labelSmoothing: 0.05,
      average: 0.999,
      dropout: 0.3,
      augmentation: Augmentation([
        .affine(RandomAffine()), .elastic(ElasticDistortion(alpha: 20)),
      ])
    )
  }

  /// The same for a model that sweeps over patches in both directions.
  fileprivate var sweeping: Recipe {
    var recipe = self
    recipe.epochs = 25
    recipe.hiddenSize = LayerSizes(64, 64, 128)
    var structure = ModelStructure()
    structure.reading = .patches(side: 4, stride: 2)
    structure.sweeps = 2
    structure.merge = .sum
    recipe.structure = structure
    return recipe
  }

  /// What one GRU learns images by whose 784 pixels it reads one after another.
  fileprivate static var forPixels: Recipe {
    var structure = ModelStructure()
    structure.reading = .pixels
    // Of the cells tried it needs the fewest epochs; an LSTM that forgets at first learns nothing.
    return Recipe(
      cell: .gru,
      initialization: .chrono(memory: 50),
      epochs: 4,
      optimizer: .adamw,
      learningRate: 0.024,
      schedule: .cosine,
      average: 0.99,
      structure: structure
    )
  }

  /// What one LSTM learns to write by.
  fileprivate static var forText: Recipe {
    var structure = ModelStructure()
    structure.summary = .allOutputs
    structure.regularization.recurrentDropout = 0.2
    return Recipe(
      hiddenSize: 512,
      epochs: 24,
      batchSize: 64,
      optimizer: .adamw,
      learningRate: 0.016,
      schedule: .cosine,
      average: 0.998,
      dropout: 0.4,
      structure: structure
    )
  }

  /// What learns to remember over a lag.
  fileprivate static func forMemory(lag: Int, _ task: LearningTask) -> Recipe {
    var structure = ModelStructure()
    if task.answersEachStep { structure.summary = .allOutputs }
    return Recipe(
      initialization: .chrono(memory: lag),
      structure: structure == ModelStructure() ? nil : structure
    )
  }

  /// What tells the classes of series of which there are few.
  fileprivate static var forSeries: Recipe {
    var structure = ModelStructure()
    structure.merge = .concatenate
    structure.layerDropout = 0.2
    return Recipe(
      hiddenSize: LayerSizes(64, 64),
      epochs: 200,
      batchSize: 16,
      optimizer: .adamw,
      learningRate: 0.003,
      schedule: .oneCycle,
      labelSmoothing: 0.1,
      dropout: 0.3,
      augmentation: Augmentation([.noise(GaussianNoise(deviation: 0.2))]),
      structure: structure
    )
  }

  /// What goes on with series of measurements.
  fileprivate static var forForecasts: Recipe {
    var structure = ModelStructure()
    structure.summary = .allOutputs
    return Recipe(
      hiddenSize: 64,
      epochs: 100,
      batchSize: 16,
      optimizer: .adamw,
      learningRate: 0.003,
      schedule: .oneCycle,
      dropout: 0.2,
      augmentation: Augmentation([.noise(GaussianNoise(deviation: 0.2))]),
      structure: structure
    )
  }

  /// The same where each step, or a number, is answered.
  fileprivate func answering(_ task: LearningTask) -> Recipe {
    var recipe = self
    if task == .label { recipe.structure?.summary = .allOutputs }
    if !task.hasAccuracy { recipe.labelSmoothing = nil }
    return recipe
  }

  /// How often so many series are gone through: as often as the recipe says where they are few, and
  /// less where they are many, for about 3,000 steps, but 20 times at least.
  func epochs(forSeries count: Int) -> Int {
    min(epochs, max(20, 3_000 * batchSize / max(count, 1)))
  }

  /// The steps of a window of a long text.
  var usedWindow: Int { window ?? 128 }

  /// How the layers are put together.
  var usedStructure: ModelStructure { structure ?? ModelStructure() }

  /// The cell and its sizes, in words.
  var modelText: String {
    let count = hiddenSize.sizes.count
    return cell.title + (count == 1 ? "" : " of \(count) layers")
      + " with \(hiddenSize.text) hidden units"
  }
}
