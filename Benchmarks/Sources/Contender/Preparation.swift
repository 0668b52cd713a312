import Recurrent
import Workloads

/// A workload that this contender does not take part in, and why.
struct Unsupported: Error {
  let reason: String
}

/// Makes workloads ready to be timed: model and data built, one operation as a closure.
struct Preparation {
  let threads: Int
  let usesBFloat16: Bool

  /// What the results say about how it ran.
  var settings: String {
    "Swift release build, \(threads) thread\(threads == 1 ? "" : "s")"
      + (usesBFloat16 ? ", bfloat16 products" : "")
  }

  /// One operation of `workload`, complete when it returns.
  func ready(_ workload: Workload) throws -> () throws -> Void {
    switch workload.kind {
    case .train: try training(workload)
    case .infer: try inference(workload)
    case .stream: try streaming(workload)
    case .product: throw Unsupported(reason: "Recurrent has no product of large matrices")
    }
  }

  private func training(_ workload: Workload) throws -> () throws -> Void {
    let trainer = Trainer(
      model(for: workload),
      optimizer: GradientDescent(learningRate: 0.001),
      options: try trainingOptions()
    )
    let batch = randomBatch(workload)
    let indices = Array(0..<workload.batch)
    return { try trainer.trainBatch(on: batch, at: indices) }
  }

  private func trainingOptions() throws -> TrainingOptions {
    let precision: Precision = usesBFloat16 ? .bfloat16 : .float32
    guard precision.isSupported else {
      throw Unsupported(reason: "this processor has no products of bfloat16")
    }
    return TrainingOptions(threads: threads, precision: precision)
  }

  private func inference(_ workload: Workload) throws -> () throws -> Void {
    guard let predictor = Predictor(model(for: workload), threads: threads) else {
      throw Unsupported(reason: "the model has layers that are not built in")
    }
    let batch = randomBatch(workload)
    return { _ = predictor.logits(for: batch) }
  }

  private func streaming(_ workload: Workload) throws -> () throws -> Void {
    let stream = try StreamingModel(layers: model(for: workload).layers)
    var state = stream.makeState()
    let input = [Float](repeating: 0.5, count: workload.features)
    var output = [Float](repeating: 0, count: workload.hidden)
    return { stream.step(input, state: &state, output: &output) }
  }

  private func model(for workload: Workload) -> SequenceModel {
    .lstm(
      inputSize: workload.features,
      hiddenSize: workload.hidden,
      classes: Workload.classes,
      seed: 1
    )
  }

  /// The batch of every step: floats from 0 to 1, and labels.
  private func randomBatch(_ workload: Workload) -> SequenceDataset {
    var generator = SplitMix64(state: 1)
    let count = workload.batch * workload.steps * workload.features
    return SequenceDataset(
      elements: .floats((0..<count).map { _ in .random(in: 0..<1, using: &generator) }),
      labels: (0..<workload.batch).map { _ in .random(in: 0..<Workload.classes, using: &generator)
      },
      steps: workload.steps,
      features: workload.features,
      classNames: (0..<Workload.classes).map { "\($0)" }
    )
  }
}

/// A small repeatable source of random numbers.
///
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
