import RecurrentKernels
import Synchronization

/// Trains any model through the tape, one shard of the batch to a worker.
final class TapeEngine<Model: SequenceClassifier>: TrainingEngine {
  private let pool: WorkerPool
  private let template: Model
  private let loss: AnswerLoss

  /// Creates an engine for models that list the same parameters as `model`.
  init(_ model: Model, options: TrainingOptions) {
    template = model
    loss = options.answerLoss
    pool = WorkerPool(threads: options.threads)
  }

  // What the tape differentiates begins anew with every window.
  func makeStates(lanes: Int) -> CarriedStates? { nil }

  func run(
    _ parameters: ParameterList,
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    pass: TrainingPass,
    carrying states: CarriedStates?,
    gradient: inout Gradient
  ) -> BatchResult {
    var watch = Stopwatch()
    // Let go before the optimizer changes the parameters, which then have their memory alone.
    let model = parameters.written(to: template)
    let loss = loss
    let answers = dataset.answerCount(at: indices)
    let sharding = Sharding(rows: indices.count)
    let shards = Guarded([(BatchResult, Gradient)?](repeating: nil, count: sharding.count))
    pool.forEach(
      sharding.count,
      nonescaping: { shard, _ in
        let range = sharding[shard]
        let part = indices[
          indices.startIndex + range.lowerBound..<indices.startIndex + range.upperBound
        ]
        let result = Self.shard(
          model,
          dataset,
          part,
          pass,
          weight: answers > 0 ? 1 / Float(answers) : 0,
          loss
        )
        shards.withLock { $0[shard] = result }
      }
    )
    let sharing = watch.lap()
    let results = shards.withLock { $0.compactMap(\.self) }
    var total = BatchResult(answers: answers)
    for (result, _) in results {
      total.lossSum += result.lossSum
      total.correct += result.correct
      total.times += result.times
    }
    sum(results.map(\.1.tensors), into: &gradient.tensors)
    total.squaredNorm = gradient.squaredNorm
    total.times = total.times.shared(over: sharing)
    total.times.summing = watch.lap()
    return total
  }

  /// Adds the shards' gradients in a binary tree, each parameter's as a piece of work.
  private func sum(_ shards: [[Tensor]], into sums: inout [Tensor]) {
    let results = Guarded(sums)
    sums = []
    pool.forEach(
      shards[0].count,
      nonescaping: { parameter, _ in
        let sum = Tensor.sum(ofEqualShapes: shards.map { $0[parameter] })
        results.withLock { $0[parameter] = sum }
      }
    )
    sums = results.withLock(\.self)
  }

  /// Loss sum, hits, and the gradient of `weight` times the loss sum.
  private static func shard(
    _ model: Model,
    _ dataset: SequenceDataset,
    _ indices: ArraySlice<Int>,
    _ pass: TrainingPass,
    weight: Float,
    _ loss: AnswerLoss
  ) -> (BatchResult, Gradient) {
    var watch = Stopwatch()
    var result = BatchResult()
    let input = dataset.tensor(at: indices, augmentedBy: pass.augmentation)
    result.times.reading = watch.lap()
    let sequencePass = SequencePass(
      lengths: dataset.lengths.map { lengths in indices.map { lengths[$0] } },
      masks: MaskStreams(seed: pass.seed, step: pass.step, examples: Array(indices))
    )
    let (_, gradient) = valueWithGradient(at: model) { model in
      let comparison = loss.compare(model.logits(input, in: sequencePass), with: dataset, indices)
      result.correct = comparison.correct
      result.lossSum = Double(comparison.sum.scalar)
      return comparison.sum * Tensor(weight)
    }
    result.times.passes = watch.lap()
    return (result, gradient)
  }
}

extension Tensor {
  /// The sum of tensors of one shape, a power of two of them, added in a binary tree.
  static func sum(ofEqualShapes tensors: [Tensor]) -> Tensor {
    unsafe Tensor(uninitialized: tensors[0].shape) { target in
      func open(_ index: Int, _ sources: [UnsafePointer<Float>]) {
        guard index < tensors.count else {
          guard let target = target.baseAddress else { return }
          return unsafe kernels.pointee.sum_tree(
            tensors[0].count,
            tensors.count,
            sources,
            target
          )
        }
        unsafe tensors[index].withUnsafeElements { source in
          if let base = source.baseAddress { unsafe open(index + 1, sources + [base]) }
        }
      }
      unsafe open(0, [])
    }
  }
}

extension SequenceDataset {
  /// Returns the examples at `indices` as a tensor, `[example, time, feature]`.
  public func tensor(at indices: some Collection<Int>) -> Tensor {
    tensor(at: indices, augmentedBy: nil)
  }

  /// Returns the examples at `indices`, changed by a pass if there is one.
  func tensor(
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
