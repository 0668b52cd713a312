import RecurrentKernels

/// The parts of a training step, each by itself on the calling thread, for whoever times them.
///
/// Done one after another they are the step that a trainer takes, of a batch of one shard or two.
package final class TrainingStepParts {
  /// The shards that there is room for.
  package static let shardLimit = 2

  /// The floats of a gradient as processes would send it.
  package var gradientCount: Int { weights.gradientCount }
  /// The parameters as the last update left them.
  package private(set) var parameters: ParameterList

  private let weights: FusedModelWeights
  private let worker: FusedWorker
  private let options: TrainingOptions
  private let dataset: SequenceDataset
  private let indices: [Int]
  private let lossScale: Float
  private var optimizer: any Optimizer
  private var average: WeightAverage?
  private var gradient: Gradient
  private let shards = (0..<TrainingStepParts.shardLimit).map { _ in Buffer() }

  /// Makes ready the parts of a first step of `trainer` on all examples of `dataset`.
  ///
  /// Nil where a layer is not built in.
  ///
  /// - Precondition: The model reads such sequences, and answers what is asked of them.
  package init?(ofStepBy trainer: Trainer<SequenceModel>, on dataset: SequenceDataset) {
    options = trainer.options
    guard let weights = FusedModelWeights(trainer.model, precision: options.usedPrecision) else {
      return nil
    }
    require(
      weights.canRead(dataset) && weights.canAnswer(dataset),
      """
      a model that reads \(weights.inputText) and answers with \(weights.outputText) cannot be \
      trained on \(dataset.text)
      """
    )
    self.weights = weights
    self.dataset = dataset
    worker = FusedWorker(weights, loss: options.answerLoss)
    indices = Array(0..<dataset.count)
    lossScale = 1 / Float(max(1, dataset.answerCount(at: indices)))
    optimizer = trainer.optimizer
    let parameters = ParameterList(of: trainer.model)
    self.parameters = parameters
    average = options.averageDecay.map { WeightAverage(decay: $0, startingWith: parameters) }
    gradient = Gradient(
      names: parameters.names,
      tensors: parameters.tensors.map { .zeros($0.shape) }
    )
  }

  /// Packs the weights for the kernels, as every step begins.
  package func packWeights() {
    weights.pack(
      parameters.tensors,
      training: MaskStreams(seed: options.seed, step: 0, examples: [])
    )
  }

  /// Takes a shard forward and backward; its gradient is kept as that of shard `number`.
  ///
  /// - Precondition: The weights were packed, the rows are examples of the data set, and the number is
  ///   below the limit.
  package func runShard(_ number: Int, rows: Range<Int>) {
    require(
      0..<Self.shardLimit ~= number && 0 <= rows.lowerBound && rows.upperBound <= dataset.count,
      "there is no shard \(number) of rows \(rows) in a batch of \(dataset.count)"
    )
    _ = unsafe worker.run(
      on: dataset,
      at: indices[rows],
      pass: TrainingPass(
        seed: options.seed,
        step: 0,
        augmentation: AugmentationPass(options.augmentation, seed: options.seed, epoch: 0)
      ),
      carrying: nil,
      lossScale: lossScale,
      gradient: packedGradient(number)
    )
  }

  /// Adds the second shard's gradient to the first's.
  package func addGradients() {
    unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: 2) { sources in
      for shard in 0..<2 { unsafe sources[shard] = UnsafePointer(packedGradient(shard)) }
      guard let base = sources.baseAddress else { return }
      unsafe kernels.pointee.sum_tree(gradientCount, 2, base, packedGradient(0))
    }
  }

  /// Copies the first shard's gradient to the second's place.
  package func copyGradient() {
    unsafe packedGradient(1).update(from: packedGradient(0), count: gradientCount)
  }

  /// Limits the first shard's gradient and changes the parameters by it, and their average.
  package func update() {
    let packed = unsafe UnsafePointer(packedGradient(0))
    let norm = unsafe kernels.pointee.sum_of_squares(gradientCount, packed).squareRoot()
    unsafe weights.unpack(packed, into: &gradient.tensors)
    if let bound = options.clipNorm { gradient.clip(norm, toNorm: bound) }
    if let bound = options.clipValue { gradient.clip(toValue: bound) }
    optimizer.update(&parameters, with: gradient)
    average?.add(parameters)
  }

  private func packedGradient(_ shard: Int) -> UnsafeMutablePointer<Float> {
    unsafe shards[shard].reserve(weights.gradientCount)
  }
}
