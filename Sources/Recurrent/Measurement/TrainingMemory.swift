/// The memory that training a model takes, in bytes, measured by taking a step.
package struct TrainingMemory: Sendable, Equatable {
  /// The parameters.
  package let parameters: Int
  /// Their gradient.
  package let gradient: Int
  /// What the optimizer remembers.
  package let optimizer: Int
  /// The running average of the parameters, where one is kept.
  package let average: Int
  /// What the workers keep from step to step: packed weights, activations, their gradients, masks.
  package let work: Int

  /// All of it.
  package var total: Int { parameters + gradient + optimizer + average + work }

  /// Takes a step of a new trainer on all examples of `dataset`.
  ///
  /// Work of layers that run on the tape is not counted, nor is that of other models at work at the
  /// same time told apart.
  ///
  /// - Throws: `TrainingError` when the step's loss or gradient is not finite.
  package init(
    ofStepOn dataset: SequenceDataset,
    by makeTrainer: () -> Trainer<SequenceModel>
  ) throws(TrainingError) {
    let before = Buffer.floatsInUse
    let trainer = makeTrainer()
    try trainer.trainBatch(on: dataset, at: 0..<dataset.count)
    let size = MemoryLayout<Float>.stride
    work = size * (Buffer.floatsInUse - before)
    parameters = size * trainer.model.parameterCount
    gradient = parameters
    optimizer = size * trainer.optimizer.state.entries.reduce(0) { $0 + $1.value.count }
    average = trainer.averagedModel == nil ? 0 : parameters
  }
}
