import RecurrentKernels
import Synchronization

/// Trains any model through the tape, one shard of the batch to a worker.
final class TapeEngine<Model: SequenceClassifier>: TrainingEngine {
  private let pool: WorkerPool
  private let template: Model
  private let loss: AnswerLoss
  /// How shards are added that other processes have; nil where this process has them all.
  private let exchange: GradientExchange?

  /// Creates an engine for models that list the same parameters as `model`.
  init(_ model: Model, options: TrainingOptions) {
    template = model
    loss = options.answerLoss
    pool = WorkerPool(threads: options.threads)
    exchange = options.processes.map {
      GradientExchange(
        $0,
        parts: [0..<ParameterList(of: model).tensors.reduce(0) { $0 + $1.count }]
      )
    }
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
  ) throws(ProcessLoss) -> BatchResult {
    var watch = Stopwatch()
    // Let go before the optimizer changes the parameters, which then have their memory alone.
    let model = parameters.written(to: template)
    let loss = loss
    let answers = dataset.answerCount(at: indices)
    let sharding = Sharding(rows: indices.count)
    let own = exchange?.ownShards(of: sharding.count) ?? 0..<sharding.count
    let shards = Guarded([(BatchResult, Gradient)?](repeating: nil, count: own.count))
    pool.forEach(
      own.count,
      nonescaping: { place, _ in
        let range = sharding[own.lowerBound + place]
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
        shards.withLock { $0[place] = result }
      }
    )
    let sharing = watch.lap()
    let results = shards.withLock { $0.compactMap(\.self) }
    var total = BatchResult(answers: answers)
    for (result, _) in results { total.times += result.times }
    var comparisons = results.map { ($0.0.lossSum, $0.0.correct) }
    if let exchange {
      let allotment = exchange.allotment(shards: sharding.count)
      try add(results.map(\.1.tensors), into: &gradient.tensors, over: exchange, allotment)
      let all = try exchange.gather(comparisons, isPausing: pass.isPausing, of: allotment)
      comparisons = all.shards
      total.isPausing = all.isPausing
    } else {
      sum(results.map(\.1.tensors), into: &gradient.tensors)
    }
    for (lossSum, correct) in comparisons {
      total.lossSum += lossSum
      total.correct += correct
    }
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

  /// Adds the gradients of this process's shards and of all others.
  private func add(
    _ shards: [[Tensor]],
    into sums: inout [Tensor],
    over exchange: GradientExchange,
    _ allotment: ShardAllotment
  ) throws(ProcessLoss) {
    let plan = exchange.plan(shards: allotment.shards)
    let first = exchange.ownShards(of: allotment.shards).lowerBound
    let buffers = plan.blocks.map { block in
      if !block.isEmpty {
        sum(Array(shards[block.lowerBound - first..<block.upperBound - first]), into: &sums)
      }
      return Buffer(of: sums)
    }
    exchange.begin(buffers, along: plan)
    try exchange.finish()
    buffers[0].copy(to: &sums)
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

extension Buffer {
  /// The elements of tensors, one tensor after another.
  fileprivate convenience init(of tensors: [Tensor]) {
    self.init()
    var next = unsafe reserve(tensors.reduce(0) { $0 + $1.count })
    for tensor in tensors {
      unsafe tensor.withUnsafeElements { source in
        guard let base = source.baseAddress else { return }
        unsafe next.update(from: base, count: source.count)
      }
      unsafe next += tensor.count
    }
  }

  /// Copies its elements to tensors that take them one after another.
  fileprivate func copy(to tensors: inout [Tensor]) {
    var next = unsafe reserve(tensors.reduce(0) { $0 + $1.count })
    for index in tensors.indices {
      let count = tensors[index].count
      unsafe tensors[index].unsafeMutableElements.update(from: next, count: count)
      unsafe next += count
    }
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
