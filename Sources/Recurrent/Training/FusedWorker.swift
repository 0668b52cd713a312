import RecurrentKernels

/// One worker's memory for a model of fused layers, and the way of a shard through it.
final class FusedWorker {
  private let weights: FusedModelWeights
  private let layers: [any FusedRun]
  private let input = Buffer()
  private let readInput = Buffer()
  /// Where what is read lies in a sequence, and the sizes of such a sequence.
  private var positions: [Int] = []
  private var positionsAreFor = (steps: 0, features: 0)
  private let head: FusedHead
  private let augmentationMemory = AugmentationMemory()
  private var extent = FusedSequence.Extent(rows: 0, steps: 0)
  private var lengths: [Int] = []
  private var drawing = MaskStreams(seed: 0, step: 0, examples: [])

  private var rows: CarriedRows?

  init(_ weights: FusedModelWeights, loss: AnswerLoss = AnswerLoss()) {
    self.weights = weights
    layers = weights.plans.enumerated().map { index, plan in
      let run = FusedLayerRun(plan, layer: index, precision: weights.precision)
      return plan.sweep.map { FusedSweepRun(run, sweep: $0) } ?? run
    }
    head = FusedHead(weights, loss: loss)
  }

  /// Runs a shard forward and backward.
  ///
  /// Examples of unequal length are sorted by it, the longest first. `gradient` has
  /// `weights.gradientCount` floats and is overwritten with the packed gradient of `lossScale` times
  /// the sum of the losses. `onLayer` is called with each layer, from the last one, when its gradient is
  /// there; with that of the last one is the head's.
  func run(
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    pass: TrainingPass,
    carrying states: CarriedStates?,
    lossScale: Float,
    gradient: UnsafeMutablePointer<Float>,
    onLayer: (Int) -> Void = { _ in }
  ) -> BatchResult {
    drawing.seed = pass.seed
    drawing.step = pass.step
    drawing.examples.removeAll(keepingCapacity: true)
    for index in indices { drawing.examples.append(index) }
    measure(dataset, indices)
    takeRows(of: states, dataset, indices)
    var watch = Stopwatch()
    var times = TrainingTimes()
    var result = unsafe dataset.withSteps(
      at: indices,
      gatheringIn: input,
      augmentedBy: pass.augmentation,
      workingIn: augmentationMemory
    ) { given in
      let input = unsafe read(given, of: dataset)
      times.reading = watch.lap()
      unsafe forward(input, drawing: drawing, keeping: .everything)
      let result = unsafe head.train(
        dataset,
        at: indices,
        drawing: drawing,
        lossScale: lossScale,
        gradient: gradient
      )
      unsafe backward(input, gradient: gradient, onLayer: onLayer)
      return result
    }
    times.passes = watch.lap()
    result.times = times
    return result
  }

  /// Runs a shard forward only and writes its answers, rows of all numbers of an example, to `target`.
  func predict(
    _ dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    answer(dataset, at: indices, carrying: nil)
    unsafe head.write(into: target, steps: dataset.steps)
  }

  /// Runs a shard forward only and compares its answers with the targets.
  func evaluate(
    _ dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    carrying states: CarriedStates?
  ) -> BatchResult {
    answer(dataset, at: indices, carrying: states)
    return head.compare(with: dataset, at: indices, lossScale: 0)
  }

  private func answer(
    _ dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    carrying states: CarriedStates?
  ) {
    measure(dataset, indices)
    takeRows(of: states, dataset, indices)
    unsafe dataset.withSteps(at: indices, gatheringIn: input) { input in
      unsafe forward(
        read(input, of: dataset),
        drawing: nil,
        keeping: weights.summary == .lastOutput ? .lastOutput : .outputs
      )
    }
  }

  private func takeRows(
    of states: CarriedStates?,
    _ dataset: SequenceDataset,
    _ indices: ArraySlice<Int>
  ) {
    guard let states, let stream = dataset.stream else {
      rows = nil
      return
    }
    if rows?.states !== states { rows = CarriedRows(states) }
    rows?.take(indices, of: stream)
  }

  /// The sequences in the way the model reads them.
  private func read(
    _ input: FusedSequence.Steps,
    of dataset: SequenceDataset
  ) -> FusedSequence.Steps {
    let (reading, steps, features) = (weights.reading, dataset.steps, dataset.features)
    guard reading != .rows, let size = reading.size(steps: steps, features: features) else {
      return unsafe input
    }
    reading.requireWhole(extent.running == nil && extent.steps == steps)
    extent.steps = size.steps
    if positionsAreFor != (steps, features) {
      positions = reading.positions(steps: steps, features: features)
      positionsAreFor = (steps, features)
    }
    let count = size.steps * size.features
    let target = unsafe readInput.reserve(extent.rows * count)
    for row in 0..<extent.rows {
      // A data set's sequences lie whole, one step after another.
      let sequence = unsafe input.base + row * input.rowStride
      let read = unsafe target + row * count
      for index in 0..<count { unsafe read[index] = sequence[positions[index]] }
    }
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(target),
      rowStride: count,
      stepStride: size.features
    )
  }

  /// Takes the rows' lengths from the data set.
  private func measure(_ dataset: SequenceDataset, _ indices: ArraySlice<Int>) {
    extent = FusedSequence.Extent(rows: indices.count, steps: dataset.steps)
    guard let all = dataset.lengths else { return }
    lengths.removeAll(keepingCapacity: true)
    for index in indices { lengths.append(all[index]) }
    let steps = lengths.first ?? 0
    extent.steps = steps
    guard lengths.last != steps else { return }
    extent.running = SortedRows.running(lengths, steps: steps)
  }

  /// Runs the layers, and gathers what the head reads.
  private func forward(
    _ input: FusedSequence.Steps,
    drawing: MaskStreams?,
    keeping: FusedSequence.Keeping
  ) {
    var reading = unsafe input
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let outputs = unsafe layer.forward(
        reading,
        extent,
        weights: weights.layers[index],
        drawing: drawing,
        carrying: rows,
        keeping: keeping == .everything || isLast ? keeping : .outputs
      )
      if isLast {
        unsafe head.summarize(layer, input: reading, outputs: outputs, extent)
      }
      unsafe reading = unsafe outputs
    }
  }

  /// Runs back through the layers, from the gradient that the head left.
  private func backward(
    _ input: FusedSequence.Steps,
    gradient: UnsafeMutablePointer<Float>,
    onLayer: (Int) -> Void
  ) {
    var (outputs, final) = unsafe head.arriving
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let below = unsafe layers[index].backward(
        index == 0 ? input : layers[index - 1].outputs,
        weights: weights.layers[index],
        outputs: outputs,
        final: final,
        gradient: gradient,
        wantsInputGradient: index > 0
      )
      unsafe outputs = unsafe below
      unsafe final = nil
      onLayer(index)
    }
  }
}
