import Recurrent

/// Something that can be done again and again and timed.
protocol BenchTask {
  /// What is done, in a word.
  var name: String { get }
  /// The sizes, as text.
  var shape: String { get }
  /// The number of threads that share the work.
  var threads: Int { get }
  /// The operations of doing it once.
  var operations: Double { get }

  /// Allocates what is needed, and returns what does the work once.
  func prepared() throws -> () throws -> Void
}

/// A product of square matrices, which the other tasks are compared with.
struct MatrixProductTask: BenchTask {
  let size: Int
  let threads: Int

  var name: String { "product" }
  var shape: String { "\(size)x\(size)x\(size)" }
  var operations: Double { 2 * Double(size) * Double(size) * Double(size) }

  func prepared() throws -> () throws -> Void {
    let trial = MatrixProductTrial(size: size, threads: threads)
    return { trial.run() }
  }
}

/// What a recurrent model is made to do.
enum ModelWork: String, CaseIterable {
  /// One training step: forward, backward, and the optimizer.
  case training
  /// The same with products of bfloat16.
  case coarseTraining = "training bf16"
  /// The same with rows of unequal length, spread evenly from 1 to the number of steps.
  case unequalTraining = "training unequal"
  /// One pass forward over a batch.
  case inference
  /// One sequence, step by step, each step from the state that the last one left.
  case streaming = "stream"

  /// Whether this processor, and a batch of that many sequences, allow it.
  func isPossible(batch: Int) -> Bool {
    switch self {
    case .training, .inference: true
    case .coarseTraining: Precision.bfloat16.isSupported
    case .unequalTraining: batch > 1
    case .streaming: batch == 1
    }
  }

  /// Whether several threads can share it.
  var isShared: Bool { self != .streaming }
}

/// A recurrent model at work on a batch of sequences.
struct ModelTask: BenchTask {
  /// The classes of the head, as many as there are digits.
  private static let classes = 10

  let work: ModelWork
  let cell: CellName
  let sizes: BenchShape
  let threads: Int
  /// The size to which an LSTM's hidden state is projected; nil for no projection.
  var projectionSize: Int?

  var name: String { work.rawValue + (projectionSize.map { ", projected to \($0)" } ?? "") }
  var shape: String { sizes.text }

  var operations: Double {
    let layers = OperationCount.layers(of: [layer])
    let count = OperationCount(layers: layers, batch: sizes.batch, steps: sizes.steps)
    return switch work {
    case .training, .coarseTraining: count.training
    case .unequalTraining:
      count.training * Double(lengths.reduce(0, +)) / Double(sizes.batch * sizes.steps)
    case .inference: count.forward
    // No step is the first, so that each has a state to multiply.
    case .streaming: layers.reduce(0) { $0 + 2 * Double(sizes.steps * $1.ofStep) }
    }
  }

  func prepared() throws -> () throws -> Void {
    switch work {
    case .training: training(.float32, on: data)
    case .coarseTraining: training(.bfloat16, on: data)
    case .unequalTraining: training(.float32, on: data.withLengths(lengths))
    case .inference: inference()
    case .streaming: try streaming()
    }
  }

  /// Lengths from 1 to the number of steps, as far apart as they can be, in no order.
  private var lengths: [Int] {
    var stream = RandomStream(seed: 1, purpose: .shuffling)
    return stream.permutation(of: sizes.batch).map { 1 + $0 * sizes.steps / sizes.batch }
  }

  private func training(
    _ precision: Precision,
    on data: SequenceDataset
  ) -> () throws -> Void {
    let trainer = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 0.001),
      options: TrainingOptions(
        batchSize: sizes.batch,
        threads: threads,
        precision: precision
      )
    )
    return { try trainer.trainBatch(on: data, at: 0..<data.count) }
  }

  private func inference() -> () throws -> Void {
    let (data, predictor) = (data, Predictor(model, threads: threads))
    return { _ = predictor?.logits(for: data) }
  }

  private func streaming() throws -> () throws -> Void {
    let (stream, steps) = (try StreamingModel(layers: model.layers), sizes.steps)
    var state = stream.makeState()
    let input = [Float](repeating: 0.5, count: stream.inputSize)
    var output = [Float](repeating: 0, count: stream.outputSize)
    return {
      for _ in 0..<steps { stream.step(input, state: &state, output: &output) }
    }
  }

  private var layer: LayerDescription {
    var direction = cell.direction(inputSize: sizes.input, hiddenSize: sizes.hidden)
    direction.options?.projectionSize = projectionSize
    return LayerDescription(directions: [direction])
  }

  /// A model whose starting values are quickly drawn.
  private var model: SequenceModel {
    var stream = RandomStream(seed: 1, purpose: .initialisation)
    let layers = [layer.makeLayer(initialization: .torch, using: &stream)]
    return SequenceModel(
      layers.compactMap(\.self),
      classes: Self.classes,
      initialization: .torch,
      seed: 1
    )
  }

  private var data: SequenceDataset { .withoutPattern(sizes, classes: Self.classes) }
}

extension SequenceDataset {
  /// One batch of bytes without a pattern.
  static func withoutPattern(_ sizes: BenchShape, classes: Int) -> SequenceDataset {
    var state: UInt32 = 1
    let bytes = (0..<sizes.batch * sizes.steps * sizes.input).map { _ in
      // The multiplier and the addend are those of Numerical Recipes.
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    return SequenceDataset(
      elements: .bytes(bytes, scale: 1 / 255),
      labels: (0..<sizes.batch).map { $0 % classes },
      steps: sizes.steps,
      features: sizes.input,
      classNames: (0..<classes).map { "\($0)" }
    )
  }
}

extension SequenceDataset {
  /// The same examples, each ended after its own number of steps.
  fileprivate func withLengths(_ lengths: [Int]) -> SequenceDataset {
    SequenceDataset(
      elements: elements,
      labels: labels,
      steps: steps,
      features: features,
      classNames: classNames,
      lengths: lengths
    )
  }
}
