import RecurrentKernels
import Synchronization

/// Trains a model of fused layers: each worker takes shards through the whole model in memory of
/// its own, which it keeps from step to step, with no operation recorded.
///
/// Sendable without a check by the compiler: `run` is called by one thread at a time and splits its
/// work into phases, which `WorkerPool.forEach` separates. Within a phase worker w alone touches
/// `workers[w]`; a gradient is touched by the worker that does its shard, or, while they are summed,
/// each range of elements by one worker. The array of gradients and the packed weights are changed
/// between phases only.
final class FusedEngine: TrainingEngine, @unchecked Sendable {
  private let pool: WorkerPool
  private let weights: FusedModelWeights
  private let workers: [FusedWorker]
  private var gradients: [Buffer] = []
  private let results = Mutex<[BatchResult]>([])

  /// Creates an engine for models of the same layers as `model`; nil if one is not fused.
  init?(_ model: SequenceModel, threads: Int) {
    guard model.summary == .lastOutput, let weights = FusedModelWeights(model) else { return nil }
    self.weights = weights
    pool = WorkerPool(threads: threads)
    workers = (0..<threads).map { _ in FusedWorker(weights) }
  }

  func run(
    _ model: SequenceModel,
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    gradient: inout Gradient
  ) -> BatchResult {
    require(
      dataset.features == weights.inputSize && dataset.classNames.count == weights.classes,
      """
      a model of \(weights.inputSize) features and \(weights.classes) classes cannot be trained \
      on \(dataset.features) features and \(dataset.classNames.count) classes
      """
    )
    let sharding = Sharding(rows: indices.count)
    while gradients.count < sharding.count {
      gradients.append(Buffer())
      results.withLock { $0.append(BatchResult()) }
    }
    weights.pack(model, forBackward: true)
    pool.forEach(sharding.count) { [self] shard, worker in
      let range = sharding[shard]
      let part = indices[
        indices.startIndex + range.lowerBound..<indices.startIndex + range.upperBound
      ]
      let target = unsafe gradients[shard].reserve(weights.gradientCount)
      let result = unsafe workers[worker].run(
        on: dataset,
        at: part,
        lossScale: 1 / Float(sharding.rows),
        gradient: target
      )
      results.withLock { $0[shard] = result }
    }
    sumGradients(of: sharding.count)
    unsafe weights.unpack(
      UnsafePointer(gradients[0].reserve(weights.gradientCount)),
      into: &gradient
    )
    return results.withLock { results in
      results[..<sharding.count].reduce(into: BatchResult()) {
        $0.lossSum += $1.lossSum
        $0.correct += $1.correct
      }
    }
  }

  /// Adds the shards' gradients in a binary tree into the first, each worker a range of elements.
  private func sumGradients(of count: Int) {
    let total = weights.gradientCount
    let pieces = max(1, min(pool.threads * 4, total / 4096))
    pool.forEach(pieces) { [self] piece, _ in
      let range = total * piece / pieces..<total * (piece + 1) / pieces
      var distance = 1
      while distance < count {
        for shard in stride(from: 0, to: count, by: 2 * distance) {
          unsafe kernels.pointee.add_scaled(
            range.count,
            1,
            gradients[shard + distance].reserve(total) + range.lowerBound,
            gradients[shard].reserve(total) + range.lowerBound
          )
        }
        distance *= 2
      }
    }
  }
}
