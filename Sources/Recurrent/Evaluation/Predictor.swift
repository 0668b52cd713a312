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

  /// Compares the model's answers about every example with what is to be answered.
  ///
  /// Windows of a stream are read one after another, with the states carried between them. The
  /// result is the same for any number of threads.
  ///
  /// - Precondition: The model reads such sequences, and answers what is to be answered. The layers of
  ///   one that reads a stream read forward only.
  public func compare(with dataset: SequenceDataset) -> AnswerComparison {
    require(
      weights.canRead(dataset) && weights.canAnswer(dataset),
      """
      a model that reads \(weights.inputText) and answers with \(weights.outputText) cannot be \
      compared with \(dataset.text)
      """
    )
    let all = Array(0..<dataset.count)
    guard let stream = dataset.stream else {
      let indices = Array(dataset.sortedByLength(all[...]))
      let parts = (0..<dataset.count).split(by: partSize(of: dataset.count))
      return turn.withLock { _ in
        compare(dataset, parts.map { indices[$0] }, carrying: nil)
      }
    }
    let states = CarriedStates(weights.plans, lanes: stream.lanes)
    require(
      states != nil,
      "only layers that read forward carry states from one window to the next"
    )
    let sharding = Sharding(rows: stream.lanes)
    return turn.withLock { _ in
      var total = AnswerComparison()
      for first in stride(from: 0, to: dataset.count, by: stream.lanes) {
        let batch = dataset.sortedByLength(all[first..<first + stream.lanes])
        let shards = (0..<sharding.count).map { shard in
          let range = sharding[shard]
          return batch[batch.startIndex + range.lowerBound..<batch.startIndex + range.upperBound]
        }
        total.add(compare(dataset, shards, carrying: states))
        states?.advance()
      }
      return total
    }
  }

  private func compare(
    _ dataset: SequenceDataset,
    _ parts: [ArraySlice<Int>],
    carrying states: CarriedStates?
  ) -> AnswerComparison {
    let results = Guarded([BatchResult](repeating: BatchResult(), count: parts.count))
    pool.forEach(
      parts.count,
      nonescaping: { [self] part, worker in
        let result = workers[worker].evaluate(dataset, at: parts[part], carrying: states)
        results.withLock { $0[part] = result }
      }
    )
    var total = AnswerComparison()
    for (part, result) in zip(parts, results.withLock(\.self)) {
      total.lossSum += result.lossSum
      total.correct += result.correct
      total.count += dataset.answerCount(at: part)
    }
    return total
  }

  /// Rows that go through the model together: enough to use the weights well, and few enough that
  /// no thread is left without work.
  private func partSize(of count: Int) -> Int {
    let share = (count + 2 * pool.threads - 1) / (2 * pool.threads)
    return max(6, min(48, share))
  }
}
