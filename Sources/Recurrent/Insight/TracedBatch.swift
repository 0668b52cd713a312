/// A batch of a data set as a training step reads it.
struct TracedBatch: Sendable {
  let dataset: SequenceDataset
  private(set) var indices: [Int]
  /// What is read, `[batch, time, features]`, with zeros past each example's end.
  private(set) var input: Tensor
  /// The lengths and the masks of the examples.
  private(set) var pass: SequencePass
  /// The number of steps that the model's way of reading makes of every example; nil where they are
  /// the examples' own.
  private let readSteps: Int?

  /// Creates a batch; without a pass there are no masks, and the examples are as they are.
  ///
  /// - Precondition: The examples are in the data set.
  init(
    _ dataset: SequenceDataset,
    _ indices: [Int],
    _ pass: TrainingPass?,
    of model: SequenceModel,
    carrying states: CarriedStates?
  ) {
    let reading = model.reading
    require(
      indices.allSatisfy { 0..<dataset.count ~= $0 },
      "a batch has an example outside a data set of \(dataset.count)"
    )
    self.dataset = dataset
    self.indices = indices
    let steps = indices.map { dataset.length(ofExample: $0) }
    input = dataset.tensor(at: indices, augmentedBy: pass?.augmentation).cleared(past: steps)
    self.pass = SequencePass(
      lengths: dataset.lengths == nil ? nil : steps,
      masks: pass.map { MaskStreams(seed: $0.seed, step: $0.step, examples: indices) }
    )
    if let states, let stream = dataset.stream {
      self.pass.states = states.rows(of: indices, in: stream, learned: model.layers)
    }
    // Anything but rows is only read of examples that have all steps.
    readSteps =
      reading == .rows
      ? nil : reading.size(steps: dataset.steps, features: dataset.features)?.steps
  }

  /// The number of steps that are read of each example.
  var stepCounts: [Int] { indices.map { readSteps ?? dataset.length(ofExample: $0) } }

  /// The examples, each with the number of steps that are read of it.
  var rows: TracedRows { .examples(indices, steps: stepCounts) }

  /// The parts in which training reads the batch.
  var shards: [TracedBatch] {
    let sharding = Sharding(rows: indices.count)
    return (0..<sharding.count).map { shard in
      let range = sharding[shard]
      var part = self
      part.indices = Array(indices[range])
      part.input = input.slice(range, along: 0)
      part.pass.states = pass.states.map { $0.map { $0.slice(range, along: 0) } }
      part.pass.lengths = pass.lengths.map { Array($0[range]) }
      part.pass.masks?.examples = part.indices
      return part
    }
  }

  /// The first number of the input that is not finite, by example, step and feature.
  var inputOrigin: NonFiniteOrigin? {
    for (place, element) in input.elements.enumerated() where !element.isFinite {
      guard let value = NonFiniteOrigin.Value(Double(element)) else { continue }
      let position = input.shape.indices(of: place)
      let example = indices[position[0]]
      return NonFiniteOrigin(
        stage: .input,
        value: value,
        unit: position[2],
        step: position[1],
        steps: dataset.length(ofExample: example),
        example: example
      )
    }
    return nil
  }
}
