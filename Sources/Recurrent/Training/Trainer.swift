/// Trains a model epoch by epoch.
///
/// Models of built-in layers run through fused kernels, others through the tape; either way a
/// batch is cut into shards by its size alone, so the same seed gives the same bits on any number
/// of threads and of processes.
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
  public internal(set) var optimizer: any Optimizer
  /// How the model is trained.
  public let options: TrainingOptions
  /// The number of epochs begun so far.
  public internal(set) var epoch = 0
  /// The number of steps taken so far, in all epochs.
  public internal(set) var stepCount = 0

  private let engine: any TrainingEngine
  private let learningRate: Float
  private let hasMomentum: Bool
  /// The model but for its parameters, which are changed outside of it.
  private let template: Model
  private var batch: [Int] = []
  private var gradient: Gradient
  private var isAskedToPause = false

  // What `state` is made of, beside the optimizer and the epoch.
  var schedule: any Schedule
  var observations: [Double] = []
  var average: WeightAverage?
  var parameters: ParameterList
  /// How far the last epoch begun has come; nil if it is finished.
  var epochInProgress: TrainerState.EpochInProgress?
  /// The states that the lanes of a stream carry into the next step; nil where nothing is carried.
  var carriedStates: CarriedStates?

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
  public func observe(_ value: Double) {
    schedule.observe(value)
    observations.append(value)
  }

  /// Ends the running epoch after its step; the next call of `trainEpoch` goes on with it.
  ///
  /// It is for what `trainEpoch` calls after every step; the report then says that the epoch is not
  /// finished. Of several processes each may ask; all of them pause after their next step.
  public func pause() { isAskedToPause = true }

  private func replaceParameters(by new: ParameterList) {
    require(
      new.names == parameters.names
        && new.tensors.map(\.shape) == parameters.tensors.map(\.shape),
      "a trainer's model can only be replaced by one of the same parameters"
    )
    parameters = new
    average = options.averageDecay.map { WeightAverage(decay: $0, startingWith: new) }
  }

  /// Goes once through `dataset` in an order drawn from the seed and the epoch's number; through a
  /// stream in its own order, from states before the first step on.
  ///
  /// `progress` is called after every step. The averages are those of the batches as they were
  /// met, before each batch's own update. An epoch that was paused, that a step of failed, or that
  /// a restored state was taken in, is gone on with at its next step.
  ///
  /// - Throws: `TrainingError` when a loss or a gradient is not finite, or another process is gone; the
  ///   model is then as before that step.
  /// - Precondition: The data set is not empty, and as large as when the epoch began. A stream has as
  ///   many lanes as a batch has examples, and the model's layers are built in and read forward only.
  public func trainEpoch(
    on dataset: SequenceDataset,
    progress: (StepReport) -> Void = { _ in }
  ) throws(TrainingError) -> EpochReport {
    begin(examples: dataset.count, order: nil)
    return try trainEpoch(
      on: dataset,
      in: epochInProgress?.givenOrder ?? orderOfEpoch(of: dataset),
      progress
    )
  }

  /// Goes through the examples of `dataset` in the order given.
  ///
  /// - Throws: `TrainingError` when a loss or a gradient is not finite, or another process is gone; the
  ///   model is then as before that step.
  /// - Precondition: There is at least one whole batch, or short batches are kept. An epoch that is
  ///   gone on with began in the same order. A stream has no other order than its own.
  public func trainEpoch(
    on dataset: SequenceDataset,
    order: [Int],
    progress: (StepReport) -> Void = { _ in }
  ) throws(TrainingError) -> EpochReport {
    begin(examples: order.count, order: order)
    return try trainEpoch(on: dataset, in: order, progress)
  }

  /// The indices of the examples that the next step of `trainEpoch(on:)` reads.
  package func nextBatch(of dataset: SequenceDataset) -> [Int] {
    let order = epochInProgress?.givenOrder ?? orderOfEpoch(of: dataset)
    let first = (epochInProgress?.steps ?? 0) * options.batchSize
    return Array(order[first..<min(first + options.batchSize, order.count)])
  }

  /// The number of steps in an epoch of so many examples.
  package func stepsOfEpoch(_ examples: Int) -> Int {
    options.dropsLastBatch
      ? examples / options.batchSize
      : examples / options.batchSize + (examples % options.batchSize > 0 ? 1 : 0)
  }

  /// The order of the epoch that is, or would be, trained, as the seed decides it.
  private func orderOfEpoch(of dataset: SequenceDataset) -> [Int] {
    if dataset.stream != nil { return Array(0..<dataset.count) }
    let finished = epoch - (epochInProgress == nil ? 0 : 1)
    var stream = RandomStream(
      seed: options.seed,
      purpose: .shuffling,
      epoch: UInt32(truncatingIfNeeded: finished)
    )
    return stream.permutation(of: dataset.count)
  }

  /// States of zeros for the lanes of a stream; nil where the model's layers cannot carry any.
  func makeStates(lanes: Int) -> CarriedStates? { engine.makeStates(lanes: lanes) }

  /// Makes ready what the lanes of a stream carry.
  private func prepareStates(for dataset: SequenceDataset) {
    guard let stream = dataset.stream else {
      carriedStates = nil
      return
    }
    require(
      stream.lanes == options.batchSize,
      "a stream of \(stream.lanes) lanes is trained in batches of \(stream.lanes), not of \(options.batchSize)"
    )
    if carriedStates?.lanes != stream.lanes { carriedStates = makeStates(lanes: stream.lanes) }
    require(
      carriedStates != nil,
      "only layers that are built in and read forward carry states from one window to the next"
    )
  }

  /// Begins the next epoch, unless one is to be gone on with.
  private func begin(examples: Int, order: [Int]?) {
    if let epochInProgress {
      require(
        epochInProgress.examples == examples
          && (order == nil || order == epochInProgress.givenOrder),
        """
        an epoch of \(epochInProgress.examples) examples was begun; it can only be gone on with in \
        its own order, not with another one of \(examples)
        """
      )
      return
    }
    require(
      stepsOfEpoch(examples) > 0,
      "an epoch of \(examples) examples has no batch of \(options.batchSize)"
    )
    epoch += 1
    epochInProgress = TrainerState.EpochInProgress(examples: examples, givenOrder: order)
  }

  private func trainEpoch(
    on dataset: SequenceDataset,
    in order: [Int],
    _ progress: (StepReport) -> Void
  ) throws(TrainingError) -> EpochReport {
    let steps = stepsOfEpoch(order.count)
    prepareStates(for: dataset)
    var report = EpochReport(epoch: epoch, averageCost: 0, accuracy: .nan, examples: 0)
    let clock = ContinuousClock()
    let start = clock.now
    let secondsBefore = epochInProgress?.seconds ?? 0
    isAskedToPause = false
    var isPausing = false
    while var place = epochInProgress, !isPausing {
      let first = place.steps * options.batchSize
      let last = min(first + options.batchSize, order.count)
      prepare(step: (epoch - 1) * steps + place.steps, of: options.epochs * steps)
      let result = try trainStep(on: dataset, at: order[first..<last], step: place.steps + 1)
      let answers = (place.answers ?? place.steps * options.batchSize) + result.answers
      place.answers = answers
      place.steps += 1
      place.costs += result.lossSum
      place.correct += result.correct
      place.measures?.add(result)
      place.seconds = secondsBefore + (clock.now - start) / .seconds(1)
      report.examples = last
      report.averageCost = place.costs / Double(max(answers, 1))
      if dataset.answersAreClasses {
        report.accuracy = Double(place.correct) / Double(max(answers, 1))
      }
      report.seconds = place.seconds
      report.take(place.measures, steps: place.steps)
      report.isFinished = place.steps == steps
      epochInProgress = report.isFinished ? nil : place
      progress(
        StepReport(
          epoch: epoch,
          step: place.steps,
          steps: steps,
          cost: result.meanLoss,
          epochSoFar: report
        )
      )
      isPausing = options.processes == nil ? isAskedToPause : result.isPausing
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
  /// Examples are augmented as in the epoch begun last, epoch 0 before the first. Windows of a stream
  /// go on with what the step before left in their lanes.
  ///
  /// - Throws: `TrainingError` when the loss or the gradient is not finite, or another process is gone;
  ///   the model is then unchanged.
  @discardableResult
  public func trainBatch(
    on dataset: SequenceDataset,
    at indices: some Collection<Int>
  ) throws(TrainingError) -> Double {
    batch.removeAll(keepingCapacity: true)
    batch.append(contentsOf: indices)
    prepareStates(for: dataset)
    return try trainStep(on: dataset, at: batch[...], step: 1).meanLoss
  }

  private func trainStep(
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    step: Int
  ) throws(TrainingError) -> BatchResult {
    let count = dataset.count
    require(
      indices.allSatisfy { 0..<count ~= $0 },
      "a training step's examples are from 0 to below \(count)"
    )
    if let lanes = dataset.stream?.lanes {
      let first = indices.first ?? 0
      // Each lane once: workers write what it carries without asking one another.
      require(
        first.isMultiple(of: lanes) && indices.elementsEqual(first..<first + lanes),
        "a stream of \(lanes) lanes is trained in its own order, a window of every lane in each step"
      )
    }
    func failure(_ cause: TrainingError.Cause) -> TrainingError {
      TrainingError(epoch: max(epoch, 1), step: step, cause: cause)
    }
    var result: BatchResult
    do {
      result = try engine.run(
        parameters,
        on: dataset,
        at: indices,
        pass: TrainingPass(
          seed: options.seed,
          step: stepCount,
          augmentation: AugmentationPass(options.augmentation, seed: options.seed, epoch: epoch),
          isPausing: isAskedToPause
        ),
        carrying: carriedStates,
        gradient: &gradient
      )
    } catch {
      throw failure(.lostProcess(error))
    }
    let loss = result.meanLoss
    guard loss.isFinite else { throw failure(.notFinite(.loss, value: loss)) }
    let norm = result.squaredNorm.squareRoot()
    guard norm.isFinite else { throw failure(.notFinite(.gradientNorm, value: norm)) }
    var watch = Stopwatch()
    if let bound = options.clipNorm { gradient.clip(norm, toNorm: bound) }
    if let bound = options.clipValue { gradient.clip(toValue: bound) }
    optimizer.update(&parameters, with: gradient)
    average?.add(parameters)
    result.times.updating = watch.lap()
    carriedStates?.advance()
    stepCount += 1
    return result
  }
}
