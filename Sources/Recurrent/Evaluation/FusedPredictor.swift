/// Reads data sets with a model of fused layers, forward only.
///
/// Sendable without a check by the compiler: worker w alone touches `workers[w]`, and the packed
/// weights are only read once the predictor is made.
final class FusedPredictor: @unchecked Sendable {
  private let weights: FusedModelWeights
  private let workers: [FusedWorker]
  private let pool: WorkerPool

  /// Creates a predictor; nil if a layer of the model is not fused, or it keeps all outputs.
  init?(_ model: SequenceModel, pool: WorkerPool) {
    guard model.summary == .lastOutput, let weights = FusedModelWeights(model) else { return nil }
    weights.pack(model, forBackward: false)
    self.weights = weights
    self.pool = pool
    workers = (0..<pool.threads).map { _ in FusedWorker(weights) }
  }

  /// Returns the logits of every example, `[example, class]`.
  func logits(for dataset: SequenceDataset) -> Tensor {
    require(
      dataset.features == weights.inputSize,
      "the model reads \(weights.inputSize) features a step, the data set has \(dataset.features)"
    )
    let parts = (0..<dataset.count).split(by: 48)
    let indices = Array(0..<dataset.count)
    let classes = weights.classes
    return unsafe Tensor(uninitialized: [dataset.count, classes]) { target in
      guard let start = target.baseAddress else { return }
      // Each part writes rows of its own; the tensor outlives the call.
      nonisolated(unsafe) let base = unsafe start
      pool.forEach(parts.count) { part, worker in
        let range = parts[part]
        unsafe workers[worker].predict(
          dataset,
          at: indices[range],
          into: base + range.lowerBound * classes
        )
      }
    }
  }
}
