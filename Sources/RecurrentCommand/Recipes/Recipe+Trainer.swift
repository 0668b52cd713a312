import Recurrent

extension Recipe {
  /// A trainer of `model` by this recipe.
  func trainer(
    of model: SequenceModel,
    seed: UInt64,
    threads: Int,
    processes: ProcessGroup? = nil
  ) -> Trainer<SequenceModel> {
    Trainer(
      model,
      optimizer: rule,
      options: TrainingOptions(
        batchSize: batchSize,
        epochs: epochs,
        seed: seed,
        threads: threads,
        processes: processes,
        clipNorm: clip,
        clipValue: clipValue,
        dropsLastBatch: dropsLastBatch,
        schedule: change,
        labelSmoothing: labelSmoothing ?? 0,
        averageDecay: average,
        precision: precision ?? .float32,
        augmentation: augmentation
      )
    )
  }

  private var rule: any Optimizer {
    let decay = WeightDecay(weightDecay ?? 0)
    let momentum = momentum ?? optimizer.defaultMomentum ?? 0
    switch optimizer {
    case .gradientDescent:
      return GradientDescent(learningRate: learningRate, weightDecay: decay)
    case .momentum, .nesterov:
      return GradientDescent(
        learningRate: learningRate,
        momentum: momentum,
        isNesterov: optimizer == .nesterov,
        weightDecay: decay
      )
    case .rmsprop:
      return RMSprop(learningRate: learningRate, momentum: momentum, weightDecay: decay)
    case .adam:
      return Adam(learningRate: learningRate, weightDecay: decay)
    case .adamw:
      return weightDecay == nil
        ? AdamW(learningRate: learningRate) : AdamW(learningRate: learningRate, weightDecay: decay)
    case .lion:
      return Lion(learningRate: learningRate, weightDecay: decay)
    }
  }

  private var change: any Schedule {
    switch schedule {
    case .constant:
      return ConstantRate()
    case .linear:
      return WarmupLinearDecay()
    case .step:
      let milestones = [(epochs + 1) / 2, (3 * epochs + 3) / 4]
      return PerEpoch(StepDecay(milestones: milestones, factor: 0.1), epochs: epochs)
    case .cosine:
      return Warmup(share: 0.1, from: 0.04, then: CosineAnnealing())
    case .oneCycle:
      return OneCycle()
    case .plateau:
      return ReduceOnPlateau(factor: 0.5, patience: 2)
    }
  }
}
