import RecurrentKernels
import Synchronization

/// Trains a model of fused layers: each worker takes shards through the whole model in memory of
/// its own, which it keeps from step to step, with no operation recorded.
///
/// Sendable without a check by the compiler: `run` is called by one thread at a time and splits its
/// work into phases, which `WorkerPool.forEach` separates. Within a phase worker w alone touches
/// `workers[w]`, and a piece of work alone what belongs to its shard or its range of elements.
/// Everything else is changed between phases only.
final class FusedEngine: TrainingEngine, @unchecked Sendable {
  /// Elements of the gradient that are summed in one piece, whatever the number of threads, so that
  /// the squares have one order.
  private static let pieceSize = 8192

  private let pool: WorkerPool
  private let weights: FusedModelWeights
  private let workers: [FusedWorker]
  private var shards: [Shard] = []
  private let pieces: [Piece]
  /// How shards are added that other processes have; nil where this process has them all.
  private let exchange: GradientExchange?
  /// The part of the gradient of each layer.
  private let layerRanges: [Range<Int>]
  /// Of each layer how many shards are still to come back through it.
  private let unfinished: [Counter]
  private var batch: Batch?
  // Made once: a closure made for every step would be memory allocated for every step.
  private var shardWork: PieceOfWork = { _, _ in }
  private var sumWork: PieceOfWork = { _, _ in }
  private var squareWork: PieceOfWork = { _, _ in }

  /// What is asked of the shards.
  private struct Batch {
    let dataset: SequenceDataset
    let indices: ArraySlice<Int>
    let sharding: Sharding
    /// The shards that this process computes.
    let own: Range<Int>
    /// Those of them that it adds up by itself, each into the first.
    let blocks: [Range<Int>]
    let pass: TrainingPass
    let states: CarriedStates?
    /// What the gradient of every answer's loss is multiplied by.
    let lossScale: Float
  }

  /// What comes of one shard.
  private final class Shard {
    let gradient = Buffer()
    var result = BatchResult()
  }

  /// Counts down to the last of several workers.
  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  /// What comes of one range of the summed gradient.
  private final class Piece {
    var sumOfSquares = 0.0
  }

  /// Creates an engine for models of the same layers as `model`; nil if one is not fused.
  init?(_ model: SequenceModel, options: TrainingOptions) {
    guard let weights = FusedModelWeights(model, precision: options.usedPrecision) else {
      return nil
    }
    self.weights = weights
    pool = WorkerPool(threads: options.threads)
    workers = (0..<options.threads).map { _ in
      FusedWorker(weights, loss: options.answerLoss)
    }
    exchange = options.processes.map { GradientExchange($0, parts: weights.layerRanges) }
    layerRanges = weights.layerRanges
    unfinished = weights.layers.map { _ in Counter() }
    let pieceCount = (weights.gradientCount + Self.pieceSize - 1) / Self.pieceSize
    pieces = (0..<pieceCount).map { _ in Piece() }
    shardWork = { [unowned self] place, worker in run(place: place, worker: worker) }
    sumWork = { [unowned self] piece, _ in sum(piece: piece) }
    squareWork = { [unowned self] piece, _ in square(piece: piece) }
  }

  func makeStates(lanes: Int) -> CarriedStates? { CarriedStates(weights.plans, lanes: lanes) }

  func run(
    _ parameters: ParameterList,
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    pass: TrainingPass,
    carrying states: CarriedStates?,
    gradient: inout Gradient
  ) throws(ProcessLoss) -> BatchResult {
    require(
      weights.canRead(dataset) && weights.canAnswer(dataset),
      """
      a model that reads \(weights.inputText) and answers with \(weights.outputText) cannot be \
      trained on \(dataset.text)
      """
    )
    let answers = dataset.answerCount(at: indices)
    let sharding = Sharding(rows: indices.count)
    while shards.count < sharding.count { shards.append(Shard()) }
    var watch = Stopwatch()
    weights.pack(
      parameters.tensors,
      training: MaskStreams(seed: pass.seed, step: pass.step, examples: [])
    )
    let packing = watch.lap()
    let plan = exchange?.plan(shards: sharding.count)
    let own = exchange?.ownShards(of: sharding.count) ?? 0..<sharding.count
    batch = Batch(
      dataset: dataset,
      indices: dataset.sortedByLength(indices),
      sharding: sharding,
      own: own,
      blocks: plan?.blocks ?? [own],
      pass: pass,
      states: states,
      lossScale: answers > 0 ? 1 / Float(answers) : 0
    )
    if let exchange, let plan {
      for counter in unfinished { counter.value.store(own.count, ordering: .relaxed) }
      exchange.begin(plan.blocks.map { shards[$0.lowerBound].gradient }, along: plan)
    }
    pool.forEach(own.count, shardWork)
    let sharing = watch.lap()
    pool.forEach(pieces.count, sumWork)
    var result = BatchResult(answers: answers)
    for shard in own { result.times += shards[shard].result.times }
    if let exchange {
      try share(&result, by: exchange)
      pool.forEach(pieces.count, squareWork)
    }
    batch = nil
    for shard in 0..<sharding.count {
      result.lossSum += shards[shard].result.lossSum
      result.correct += shards[shard].result.correct
    }
    for piece in pieces { result.squaredNorm += piece.sumOfSquares }
    unsafe weights.unpack(
      UnsafePointer(shards[own.lowerBound].gradient.reserve(weights.gradientCount)),
      into: &gradient.tensors
    )
    // Masks of weights act on the gradient after its squares were summed.
    if weights.masksWeights { result.squaredNorm = gradient.squaredNorm }
    result.times = result.times.shared(over: sharing)
    result.times.passes += packing
    result.times.summing = watch.lap()
    return result
  }

  /// Takes what other processes computed of the batch, and gives them what this one did.
  private func share(
    _ result: inout BatchResult,
    by exchange: GradientExchange
  ) throws(ProcessLoss) {
    guard let batch else { return }
    try exchange.finish()
    let allotment = exchange.allotment(shards: batch.sharding.count)
    let results = try exchange.gather(
      batch.own.map { (shards[$0].result.lossSum, shards[$0].result.correct) },
      isPausing: batch.pass.isPausing,
      of: allotment
    )
    result.isPausing = results.isPausing
    for (shard, (lossSum, correct)) in results.shards.enumerated() {
      shards[shard].result.lossSum = lossSum
      shards[shard].result.correct = correct
    }
    try batch.states?.gather(
      over: exchange.processes,
      lanes: batch.indices.map { $0 % (batch.dataset.stream?.lanes ?? 1) },
      startingAt: { allotment.firstRow(in: batch.sharding, of: $0) }
    )
  }

  /// Runs the shard that is at some place among this process's own.
  private func run(place: Int, worker: Int) {
    guard let batch else { return }
    let shard = batch.own.lowerBound + place
    let range = batch.sharding[shard]
    let first = batch.indices.startIndex
    shards[shard].result = unsafe workers[worker].run(
      on: batch.dataset,
      at: batch.indices[first + range.lowerBound..<first + range.upperBound],
      pass: batch.pass,
      carrying: batch.states,
      lossScale: batch.lossScale,
      gradient: shards[shard].gradient.reserve(weights.gradientCount),
      onLayer: { finish(layer: $0) }
    )
  }

  /// Sends a layer's gradient on its way once all shards have it, while those below are still computed.
  private func finish(layer: Int) {
    guard let exchange, let batch, layer > 0 else { return }
    let left = unfinished[layer].value.subtract(1, ordering: .acquiringAndReleasing).newValue
    guard left == 0 else { return exchange.advance() }
    sum(layerRanges[layer], of: batch)
    exchange.start(part: layer)
  }

  /// Adds up one range of the gradients, if that was not done for the layers that it is of.
  private func sum(piece: Int) {
    guard let batch else { return }
    let isShared = exchange != nil && !batch.own.isEmpty
    let end = isShared ? layerRanges[0].upperBound : weights.gradientCount
    let first = piece * Self.pieceSize
    if first < end { sum(first..<min(first + Self.pieceSize, end), of: batch) }
    if exchange == nil { square(piece: piece) }
  }

  /// Adds one range of the gradients of each block of shards in a binary tree, into the block's first.
  private func sum(_ range: Range<Int>, of batch: Batch) {
    let total = weights.gradientCount
    let first = range.lowerBound
    for block in batch.blocks where !block.isEmpty {
      unsafe withUnsafeTemporaryAllocation(
        of: UnsafePointer<Float>.self,
        capacity: block.count
      ) { sources in
        for (place, shard) in block.enumerated() {
          unsafe sources[place] = UnsafePointer(shards[shard].gradient.reserve(total)) + first
        }
        guard let base = sources.baseAddress else { return }
        let target = unsafe shards[block.lowerBound].gradient.reserve(total) + first
        unsafe kernels.pointee.sum_tree(range.count, block.count, base, target)
      }
    }
  }

  /// Sums the squares of one range of the whole gradient.
  private func square(piece: Int) {
    guard let batch else { return }
    let total = weights.gradientCount
    let first = piece * Self.pieceSize
    let gradient = unsafe shards[batch.own.lowerBound].gradient.reserve(total) + first
    pieces[piece].sumOfSquares =
      unsafe kernels.pointee.sum_of_squares(min(Self.pieceSize, total - first), gradient)
  }
}
