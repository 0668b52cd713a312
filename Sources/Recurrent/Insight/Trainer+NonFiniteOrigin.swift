extension Trainer where Model == SequenceModel {
  /// Finds where the first NaN or infinity of the next step of `trainEpoch(on:)` comes up, with the
  /// masks, the augmentation and the precision of that step; nil if all of it is finite.
  ///
  /// Nothing of the trainer changes. After a step that failed, the next step is that one again.
  ///
  /// - Complexity: That of some training steps without fused layers.
  public func nonFiniteOriginOfNextStep(on dataset: SequenceDataset) -> NonFiniteOrigin? {
    model.nonFiniteOrigin(
      in: dataset,
      at: nextBatch(of: dataset),
      pass: TrainingPass(
        seed: options.seed,
        step: stepCount,
        augmentation: AugmentationPass(
          options.augmentation,
          seed: options.seed,
          epoch: state.finishedEpochs + 1
        )
      ),
      labelSmoothing: options.labelSmoothing,
      numberLoss: options.numberLoss,
      precision: options.precision,
      carrying: carriedStates
    )
  }
}
