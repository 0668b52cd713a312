/// Everything that a training has come to.
///
/// A trainer made like the one it was taken from, with any number of threads, goes on from it to the
/// same bits. It is a value: taking it copies nothing until the trainer takes its next step.
///
///     let state = trainer.state
///     ...
///     try other.restore(state)
///
/// `Checkpoint` keeps it in a file.
public struct TrainerState: Sendable {
  /// How far an epoch has come that is not finished.
  package struct EpochInProgress: Sendable, Equatable {
    /// The number of steps taken.
    package var steps = 0
    /// The number of examples in the epoch.
    package var examples: Int
    /// The order of the examples, where it was given; else it follows from the seed and the epoch.
    package var givenOrder: [Int]?
    /// The number of answers compared so far; nil for one for each example, as versions that had no
    /// other answers left it.
    package var answers: Int? = 0
    /// The sum of their losses so far.
    package var costs = 0.0
    /// The number of classes told rightly so far.
    package var correct = 0
    /// How long it took so far.
    package var seconds = 0.0
    /// What was measured beside; nil where a version that did not measure it began the epoch.
    package var measures: EpochMeasures? = EpochMeasures()
  }

  /// The number of epochs begun.
  public package(set) var epoch = 0
  /// The number of steps taken in all.
  public package(set) var step = 0
  package var epochInProgress: EpochInProgress?
  /// The values that the schedule was told, in order; from them it comes to be what it was.
  package var observations: [Double] = []
  package var parameters: ParameterList
  package var optimizer: OptimizerState
  package var learningRate: Float
  package var momentum: Float
  package var average: ParameterList?
  package var averageSteps = 0
  /// What the lanes of a stream carry within an epoch, `[lane, number]` for each layer.
  package var carriedStates: [Tensor] = []

  /// Whether the last epoch begun still has steps to take.
  public var isWithinEpoch: Bool { epochInProgress != nil }
  /// The number of epochs that are finished.
  public var finishedEpochs: Int { epoch - (isWithinEpoch ? 1 : 0) }
  /// The number of steps taken of the epoch that is not finished; 0 between epochs.
  public var stepWithinEpoch: Int { epochInProgress?.steps ?? 0 }
  /// Whether it has an average of the parameters.
  package var hasAverage: Bool { average != nil }

  /// Whether the order of the epoch that is not finished was given, rather than drawn.
  package var hasGivenOrder: Bool { epochInProgress?.givenOrder != nil }

  /// Forgets how long the epoch that is not finished took so far.
  package mutating func forgetSeconds() {
    epochInProgress?.seconds = 0
    epochInProgress?.measures?.times = TrainingTimes()
  }

  /// The number of examples of the epoch that is not finished; nil between epochs.
  public var examplesOfEpoch: Int? { epochInProgress?.examples }
}

/// A state is not one of this training.
public struct TrainerStateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What does not fit, in one line.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Trainer {
  /// Everything that the training has come to.
  ///
  /// It can be taken between steps, as in what `trainEpoch` calls after each.
  public var state: TrainerState {
    TrainerState(
      epoch: epoch,
      step: stepCount,
      epochInProgress: epochInProgress,
      observations: observations,
      parameters: parameters,
      optimizer: optimizer.state,
      learningRate: optimizer.learningRate,
      momentum: optimizer.momentum,
      average: average?.parameters,
      averageSteps: average?.steps ?? 0,
      carriedStates: epochInProgress == nil ? [] : carriedStates?.tensors ?? []
    )
  }

  /// Goes back, or on, to a state of this training.
  ///
  /// The trainer must have been made like the one that the state is of: with a model of the same
  /// parameters, an optimizer of the same kind, and the same options but for the threads.
  ///
  /// - Throws: `TrainerStateError` when the state does not fit; the trainer is then as it was.
  public func restore(_ state: TrainerState) throws(TrainerStateError) {
    try check(state)
    parameters = state.parameters
    optimizer.state = state.optimizer
    optimizer.learningRate = state.learningRate
    optimizer.momentum = state.momentum
    schedule = options.schedule
    for value in state.observations { schedule.observe(value) }
    observations = state.observations
    average = options.averageDecay.map {
      WeightAverage(
        decay: $0,
        startingWith: state.average ?? state.parameters,
        steps: state.averageSteps
      )
    }
    epoch = state.epoch
    stepCount = state.step
    epochInProgress = state.epochInProgress
    carriedStates = try? states(of: state)
  }

  /// What the lanes of a state carry; nil where nothing is carried.
  private func states(of state: TrainerState) throws(TrainerStateError) -> CarriedStates? {
    guard let first = state.carriedStates.first else { return nil }
    guard first.shape.rank == 2, first.shape[0] == options.batchSize,
      let states = makeStates(lanes: options.batchSize),
      states.shapes == state.carriedStates.map(\.shape)
    else { throw TrainerStateError("the state carries states that the model's layers do not have") }
    states.tensors = state.carriedStates
    return states
  }

  private func check(_ state: TrainerState) throws(TrainerStateError) {
    try Self.check(state.parameters, against: parameters, "a model")
    guard (state.average == nil) == (options.averageDecay == nil) else {
      throw TrainerStateError(
        "the state has \(state.average == nil ? "no" : "an") average of the parameters, "
          + "the training \(state.average == nil ? "keeps one" : "keeps none")"
      )
    }
    guard state.carriedStates.isEmpty || state.isWithinEpoch else {
      throw TrainerStateError("the state carries states from one epoch to the next")
    }
    _ = try states(of: state)
    if let average = state.average { try Self.check(average, against: parameters, "an average") }
    let entries = state.optimizer.entries
    let kinds = (optimizer as? any RememberingOptimizer)?.kinds
    if let kinds, !entries.isEmpty {
      let names = kinds.flatMap { kind in parameters.names.map { "\($0)/\(kind)" } }
      let shapes = kinds.flatMap { _ in parameters.tensors.map(\.shape) }
      guard entries.map(\.name) == names, entries.map(\.value.shape) == shapes else {
        throw TrainerStateError(
          "the state's optimizer remembers other tensors than \(type(of: optimizer)) does"
        )
      }
    }
    let numbers = [state.epoch, state.step, state.optimizer.step, state.averageSteps]
    var isPossible =
      numbers.allSatisfy { (0...1 << 48).contains($0) }
      && (state.average != nil || state.averageSteps == 0)
    if let progress = state.epochInProgress {
      isPossible =
        isPossible && state.epoch > 0 && (1...1 << 48).contains(progress.examples)
        && (0...1 << 48).contains(progress.correct) && (0...1 << 48).contains(progress.answers ?? 0)
        && (0..<max(stepsOfEpoch(progress.examples), 1)).contains(progress.steps)
        && (progress.givenOrder.map { $0.count == progress.examples } ?? true)
        && progress.measures?.isPossible ?? true
    }
    guard isPossible else { throw TrainerStateError("the state counts steps that cannot be") }
  }

  private static func check(
    _ list: ParameterList,
    against own: ParameterList,
    _ owner: String
  ) throws(TrainerStateError) {
    guard list.names.count == own.names.count else {
      throw TrainerStateError(
        "the state is of \(owner) with \(list.names.count) parameters, not \(own.names.count)"
      )
    }
    for index in own.names.indices {
      let (name, shape) = (own.names[index], own.tensors[index].shape)
      guard list.names[index] == name, list.tensors[index].shape == shape else {
        throw TrainerStateError(
          """
          the state is of \(owner) with '\(list.names[index])' of shape \
          \(list.tensors[index].shape) where the training has '\(name)' of \(shape)
          """
        )
      }
    }
  }
}

/// An optimizer that says what it remembers of each parameter.
protocol RememberingOptimizer: Optimizer {
  /// The names of what is remembered, in order.
  var kinds: [String] { get }
}
