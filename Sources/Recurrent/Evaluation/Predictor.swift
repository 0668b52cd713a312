import RecurrentKernels
import Synchronization

/// Reads data sets with one model again and again, forward only.
///
/// The weights are put in order for the kernels once, and each thread keeps the little memory that
/// one step of its sequences needs.
///
/// Sendable without a check by the compiler: the mutex lets one call in at a time; within it worker
/// w alone touches `workers[w]`, and the packed weights are only read once the predictor is made.
public final class Predictor: @unchecked Sendable {
  let weights: FusedModelWeights
  let workers: [FusedWorker]
  let pool: WorkerPool
  let turn = Guarded(())

  /// Prepares `model`; nil if one of its layers is not built in.
  ///
  /// `numberLoss` is what answered numbers cost where answers are compared.
  ///
  /// - Precondition: There is at least one thread.
  public init?(
    _ model: SequenceModel,
    threads: Int = TrainingOptions.availableThreads,
    numberLoss: NumberLoss = .squaredError
  ) {
    guard let weights = FusedModelWeights(model) else { return nil }
    weights.pack(ParameterList(of: model).tensors)
    self.weights = weights
    pool = WorkerPool(threads: threads)
    workers = (0..<threads).map { _ in FusedWorker(weights, loss: AnswerLoss(numbers: numberLoss)) }
  }

  /// Returns the answers about every example, `[example, class]`, or `[example, time, class]` of a
  /// model that answers each step, with zeros past each example's end.
  ///
  /// They are the same for any number of threads. Windows of a stream are read each by itself.
  ///
  /// - Precondition: The data set has the features that the model reads.
  public func logits(for dataset: SequenceDataset) -> Tensor {
    require(
      weights.canRead(dataset),
      "the model reads \(weights.inputText), the data set has \(dataset.features) features a step"
    )
    let parts = (0..<dataset.count).split(by: partSize(of: dataset.count))
    let indices = Array(dataset.sortedByLength(Array(0..<dataset.count)[...]))
    let shape: Shape =
      weights.summary == .allOutputs
      ? [dataset.count, dataset.steps, weights.outputs] : [dataset.count, weights.outputs]
    let size = shape.count / max(dataset.count, 1)
    let logits = unsafe Tensor(uninitialized: shape) { target in
      guard let start = target.baseAddress else { return }
      // Each part writes rows of its own; the tensor outlives the call.
      nonisolated(unsafe) let base = unsafe start
      turn.withLock { _ in
        pool.forEach(
          parts.count,
          nonescaping: { [self] part, worker in
            let range = parts[part]
            unsafe workers[worker].predict(
              dataset,
              at: indices[range],
              into: base + range.lowerBound * size
            )
          }
        )
      }
    }
    guard dataset.lengths != nil else { return logits }
    var places = [Int](repeating: 0, count: indices.count)
    for (place, index) in indices.enumerated() { places[index] = place }
    return logits.gathered(at: places)
  }

  /// Rows that go through the model together.
  ///
  /// They are enough to use the weights well, and of few examples few enough that there is work for
  /// many threads. Nothing else decides, so that the losses are added in one order.
  func partSize(of count: Int) -> Int {
    max(6, min(48, (count + 15) / 16))
  }
}
