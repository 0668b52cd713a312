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
  private let weights: FusedModelWeights
  private let workers: [FusedWorker]
  private let pool: WorkerPool
  private let turn = Guarded(())

  /// Prepares `model`; nil if one of its layers is not built in, or it gives more than one answer.
  ///
  /// - Precondition: There is at least one thread.
  public init?(_ model: SequenceModel, threads: Int = TrainingOptions.availableThreads) {
    guard let weights = FusedModelWeights(model) else { return nil }
    weights.pack(ParameterList(of: model).tensors)
    self.weights = weights
    pool = WorkerPool(threads: threads)
    workers = (0..<threads).map { _ in FusedWorker(weights) }
  }

  /// Returns the logits of every example, `[example, class]`.
  ///
  /// They are the same for any number of threads.
  ///
  /// - Precondition: The data set has the features that the model reads.
  public func logits(for dataset: SequenceDataset) -> Tensor {
    require(
      weights.canRead(dataset),
      "the model reads \(weights.inputText), the data set has \(dataset.features) features a step"
    )
    let parts = (0..<dataset.count).split(by: partSize(of: dataset.count))
    let indices = Array(dataset.sortedByLength(Array(0..<dataset.count)[...]))
    let classes = weights.classes
    let logits = unsafe Tensor(uninitialized: [dataset.count, classes]) { target in
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
              into: base + range.lowerBound * classes
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

  /// Rows that go through the model together: enough to use the weights well, and few enough that
  /// no thread is left without work.
  private func partSize(of count: Int) -> Int {
    let share = (count + 2 * pool.threads - 1) / (2 * pool.threads)
    return max(6, min(48, share))
  }
}
