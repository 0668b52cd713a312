/// Trains a model epoch by epoch.
///
/// Models of built-in layers run through fused kernels, others through the tape; either way a
/// batch is cut into shards by its size alone, so the same seed gives the same bits on any number
/// of threads.
public final class Trainer<Model: SequenceClassifier> {
  /// The model as it is now.
  ///
  /// Setting it puts its parameters in the place of those there are, as after early stopping. The
  /// optimizer keeps its memory; the average begins anew.
  ///
  /// - Precondition: The new model has the same parameters by name and shape.
  public var model: Model {
    get { parameters.written(to: template) }
    set { replaceParameters(by: ParameterList(of: newValue)) }
  }
  /// The model with the running average of its parameters; nil where none is kept.
  public var averagedModel: Model? { average?.parameters.written(to: template) }
  /// The optimizer with its memory of past steps.
  public private(set) var optimizer: any Optimizer
  /// How the model is trained.
  public let options: TrainingOptions
  /// The number of epochs begun so far.
  public private(set) var epoch = 0

  private let engine: any TrainingEngine
  private let learningRate: Float
  private let hasMomentum: Bool
  private var schedule: any Schedule
  private var average: WeightAverage?
  /// The model but for its parameters, which are changed outside of it.
  private let template: Model
  private var parameters: ParameterList
  private var batch: [Int] = []
  private var gradient: Gradient
  /// The number of steps taken so far.
  private var stepCount = 0

  /// Creates a trainer that begins with `model` as it is.
  public init(_ model: Model, optimizer: any Optimizer, options: TrainingOptions = .init()) {
    template = model
    self.optimizer = optimizer
    self.options = options
    learningRate = optimizer.learningRate
    hasMomentum = optimizer.momentum > 0
    schedule = options.schedule
    let parameters = ParameterList(of: model)
    self.parameters = parameters
    average = options.averageDecay.map {
      WeightAverage(decay: $0, startingWith: parameters)
    }
    gradient = Gradient(
      names: parameters.names,
      tensors: parameters.tensors.map { .zeros($0.shape) }
    )
    let fused = (model as? SequenceModel).flatMap {
      FusedEngine($0, options: options)
    }
    engine = fused ?? TapeEngine(model, options: options)
  }

  /// Tells the schedule a value that was measured after an epoch, such as the validation cost.
  public func observe(_ value: Double) { schedule.observe(value) }

  private func replaceParameters(by new: ParameterList) {
    require(
      new.names == parameters.names
        && new.tensors.map(\.shape) == parameters.tensors.map(\.shape),
      "a trainer's model can only be replaced by one of the same parameters"
    )
    parameters = new
    average = options.averageDecay.map { WeightAverage(decay: $0, startingWith: new) }
  }

  /// Goes once through `dataset` in an order drawn from the seed and the epoch's number.
  ///
  /// `progress` is called after every step. The averages are those of the batches as they were
  /// met, before each batch's own update.
  ///
  /// - Throws: `TrainingError` when a loss or a gradient is not finite; the model is then as before that step.
  /// - Precondition: The data set is not empty.
  public func trainEpoch(
    on dataset: SequenceDataset,
    progress: (StepReport) -> Void = { _ in }
  ) throws(TrainingError) -> EpochReport {
    var stream = RandomStream(
      seed: options.seed,
      purpose: .shuffling,
      epoch: UInt32(truncatingIfNeeded: epoch)
    )
    return try trainEpoch(
      on: dataset,
      order: stream.permutation(of: dataset.count),
      progress: progress
    )
  }

  /// Goes through the examples of `dataset` in the order given.
  ///
  /// - Throws: `TrainingError` when a loss or a gradient is not finite; the model is then as before that step.
  /// - Precondition: There is at least one whole batch, or short batches are kept.
  public func trainEpoch(
    on dataset: SequenceDataset,
    order: [Int],
    progress: (StepReport) -> Void = { _ in }
  ) throws(TrainingError) -> EpochReport {
    let steps =
      options.dropsLastBatch
      ? order.count / options.batchSize
      : (order.count + options.batchSize - 1) / options.batchSize
    require(
      steps > 0,
      "an epoch of \(order.count) examples has no batch of \(options.batchSize)"
    )
    epoch += 1
    var report = EpochReport(epoch: epoch, averageCost: 0, accuracy: 0, examples: 0)
    var costs = 0.0
    var correct = 0
    let clock = ContinuousClock()
    let start = clock.now
    for step in 0..<steps {
      let first = step * options.batchSize
      let last = min(first + options.batchSize, order.count)
      prepare(step: (epoch - 1) * steps + step, of: options.epochs * steps)
      let result = try trainStep(on: dataset, at: order[first..<last], step: step + 1)
      costs += result.lossSum
      correct += result.correct
      report.examples = last
      report.averageCost = costs / Double(report.examples)
      report.accuracy = Double(correct) / Double(report.examples)
      report.seconds = (clock.now - start) / .seconds(1)
      progress(
        StepReport(
          epoch: epoch,
          step: step + 1,
          steps: steps,
          cost: result.lossSum / Double(last - first),
          epochSoFar: report
        )
      )
    }
    return report
  }

  /// Sets the optimizer's learning rate and momentum for a step of the whole training.
  private func prepare(step: Int, of steps: Int) {
    optimizer.learningRate = learningRate * schedule.factor(step: step, of: steps)
    if hasMomentum, let momentum = schedule.momentum(step: step, of: steps) {
      optimizer.momentum = momentum
    }
  }

  /// Takes one step on the examples of `dataset` at `indices`; returns their mean loss before it.
  ///
  /// Examples are augmented as in the epoch begun last, epoch 0 before the first.
  ///
  /// - Throws: `TrainingError` when the loss or the gradient is not finite; the model is then unchanged.
  @discardableResult
  public func trainBatch(
    on dataset: SequenceDataset,
    at indices: some Collection<Int>
  ) throws(TrainingError) -> Double {
    batch.removeAll(keepingCapacity: true)
    batch.append(contentsOf: indices)
    return try trainStep(on: dataset, at: batch[...], step: 1).lossSum / Double(batch.count)
  }

  private func trainStep(
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    step: Int
  ) throws(TrainingError) -> BatchResult {
    let result = engine.run(
      parameters,
      on: dataset,
      at: indices,
      pass: TrainingPass(
        seed: options.seed,
        step: stepCount,
        augmentation: AugmentationPass(options.augmentation, seed: options.seed, epoch: epoch)
      ),
      gradient: &gradient
    )
    stepCount += 1
    let loss = result.lossSum / Double(indices.count)
    guard loss.isFinite else {
      throw TrainingError(epoch: max(epoch, 1), step: step, quantity: .loss, value: loss)
    }
    let norm = result.squaredNorm.squareRoot()
    guard norm.isFinite else {
      throw TrainingError(epoch: max(epoch, 1), step: step, quantity: .gradientNorm, value: norm)
    }
    if let bound = options.clipNorm { gradient.clip(norm, toNorm: bound) }
    if let bound = options.clipValue { gradient.clip(toValue: bound) }
    optimizer.update(&parameters, with: gradient)
    average?.add(parameters)
    return result
  }
}

/// What a trainer says after every step.
public struct StepReport: Sendable {
  /// The epoch's number, from 1.
  public let epoch: Int
  /// The step's number within the epoch, from 1.
  public let step: Int
  /// The number of steps in the epoch.
  public let steps: Int
  /// The mean loss of the step's batch before its update.
  public let cost: Double
  /// The averages since the epoch began.
  public let epochSoFar: EpochReport
}

/// What came of an epoch.
public struct EpochReport: Sendable {
  /// The epoch's number, from 1.
  public var epoch: Int
  /// The mean loss of the examples, each before its batch's update.
  public var averageCost: Double
  /// The share of examples read rightly, each before its batch's update.
  public var accuracy: Double
  /// The number of examples read.
  public var examples: Int
  /// How long it took, in seconds.
  public var seconds = 0.0

  /// The number of examples read in a second.
  public var examplesPerSecond: Double { seconds > 0 ? Double(examples) / seconds : 0 }
}

/// Training met a number that is NaN or infinite.
public struct TrainingError: Error, Sendable, CustomStringConvertible {
  /// What a training step computes that must be finite.
  public enum Quantity: String, Sendable {
    /// The mean loss of the batch.
    case loss
    /// The Euclidean norm of the gradient.
    case gradientNorm = "gradient's norm"
  }

  /// The epoch, from 1.
  public let epoch: Int
  /// The step within the epoch, from 1.
  public let step: Int
  /// What was not finite.
  public let quantity: Quantity
  /// Its value: NaN or infinite.
  public let value: Double

  /// One line that says what happened, where, and what to try.
  public var description: String {
    """
    the \(quantity.rawValue) became \(value.isNaN ? "NaN" : "infinite") at epoch \(epoch), \
    step \(step); try a smaller learning rate or clip the gradient's norm to 1
    """
  }
}
