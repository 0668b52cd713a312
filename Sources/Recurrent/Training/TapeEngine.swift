import Synchronization

/// Trains any model through the tape, one shard of the batch to a worker.
final class TapeEngine<Model: SequenceClassifier>: TrainingEngine {
  private let pool: WorkerPool
  private var model: Model

  /// Creates an engine for models that list the same parameters as `model`.
  init(_ model: Model, threads: Int) {
    self.model = model
    pool = WorkerPool(threads: threads)
  }

  func run(
    _ parameters: ParameterList,
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    augmentedBy pass: AugmentationPass?,
    gradient: inout Gradient
  ) -> BatchResult {
    parameters.write(to: &model)
    let model = model
    let sharding = Sharding(rows: indices.count)
    let shards = Mutex([(BatchResult, Gradient)?](repeating: nil, count: sharding.count))
    pool.forEach(
      sharding.count,
      nonescaping: { shard, _ in
        let range = sharding[shard]
        let part = indices[
          indices.startIndex + range.lowerBound..<indices.startIndex + range.upperBound
        ]
        let result = Self.shard(model, dataset, part, pass, weight: 1 / Float(sharding.rows))
        shards.withLock { $0[shard] = result }
      }
    )
    var results = shards.withLock { $0.compactMap(\.self) }
    var distance = 1
    while distance < results.count {
      for shard in stride(from: 0, to: results.count, by: 2 * distance) {
        for index in results[shard].1.tensors.indices {
          results[shard].1.tensors[index].add(
            results[shard + distance].1.tensors[index],
            scaledBy: 1
          )
        }
        results[shard].0.lossSum += results[shard + distance].0.lossSum
        results[shard].0.correct += results[shard + distance].0.correct
      }
      distance *= 2
    }
    gradient = results[0].1
    results[0].0.squaredNorm = gradient.squaredNorm
    return results[0].0
  }

  /// Loss sum, hits, and the gradient of `weight` times the loss sum.
  private static func shard(
    _ model: Model,
    _ dataset: SequenceDataset,
    _ indices: ArraySlice<Int>,
    _ pass: AugmentationPass?,
    weight: Float
  ) -> (BatchResult, Gradient) {
    let input = dataset.tensor(at: indices, augmentedBy: pass)
    let labels = indices.map { dataset.labels[$0] }
    var correct = 0
    let (loss, gradient) = valueWithGradient(at: model) { model in
      let logits = model(input)
      let classes = dataset.classNames.count
      require(
        logits.shape == [indices.count, classes],
        "training needs logits of shape [\(indices.count), \(classes)], got \(logits.shape)"
      )
      unsafe logits.withUnsafeElements { elements in
        guard let base = elements.baseAddress else { return }
        for (row, label) in labels.enumerated() {
          if unsafe indexOfLargest(base + row * classes, count: classes) == label { correct += 1 }
        }
      }
      return softmaxCrossEntropy(logits: logits, labels: labels)
        * Tensor(weight * Float(indices.count))
    }
    let lossSum = Double(loss.scalar) / Double(weight)
    return (BatchResult(lossSum: lossSum, correct: correct), gradient)
  }
}

extension SequenceDataset {
  /// Returns the examples at `indices` as a tensor, `[example, time, feature]`.
  public func tensor(at indices: some Collection<Int>) -> Tensor {
    tensor(at: indices, augmentedBy: nil)
  }

  /// Returns the examples at `indices`, changed by a pass if there is one.
  fileprivate func tensor(
    at indices: some Collection<Int>,
    augmentedBy pass: AugmentationPass?
  ) -> Tensor {
    let chosen = Array(indices)[...]
    return unsafe Tensor(uninitialized: [chosen.count, steps, features]) { target in
      guard let base = target.baseAddress else { return }
      unsafe gather(chosen, into: base, augmentedBy: pass)
    }
  }
}
