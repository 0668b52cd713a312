/// Computes the gradient of a model's mean loss over a batch, shard by shard.
protocol TrainingEngine: AnyObject {
  /// States of zeros for the lanes of a stream; nil where the model's layers cannot carry any.
  func makeStates(lanes: Int) -> CarriedStates?

  /// Computes loss and gradient of the examples of `dataset` at `indices`.
  ///
  /// `pass` says what the examples become before they are read, if anything else than they are.
  /// States are carried where there are some; the caller lets them advance. `gradient` has one tensor for
  /// each parameter and is overwritten.
  ///
  /// - Throws: `ProcessLoss` when another process that shares the step is gone.
  func run(
    _ parameters: ParameterList,
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    pass: TrainingPass,
    carrying states: CarriedStates?,
    gradient: inout Gradient
  ) throws(ProcessLoss) -> BatchResult
}

/// What decides the draws of one training step.
struct TrainingPass: Sendable {
  var seed: UInt64
  /// The number of the step since training began.
  var step: Int
  /// How the examples are changed; nil for not at all.
  var augmentation: AugmentationPass?
  /// Whether this process asks those that share the training to pause after the step.
  var isPausing = false
}

/// What came of one batch.
struct BatchResult: Sendable {
  /// The number of answers that are known: of examples, or of steps, or of numbers.
  var answers = 0
  /// The sum of the answers' losses.
  var lossSum = 0.0
  /// The number of answers whose largest logit was that of the right class.
  var correct = 0
  /// The sum of the squares of the gradient, over all parameters together.
  var squaredNorm = 0.0
  /// Whether a process asks all to pause after the step.
  var isPausing = false
  /// Where the time went; of a shard that of its worker.
  var times = TrainingTimes()

  /// The mean loss of the answers; 0 where none is known.
  var meanLoss: Double { answers > 0 ? lossSum / Double(answers) : lossSum }
}

/// The place of the largest of `count` numbers, the first one on a tie.
func indexOfLargest(_ numbers: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for n in 1..<max(count, 1) where unsafe numbers[n] > numbers[best] { best = n }
  return best
}
