import Recurrent
import RecurrentData

/// A cell of one's own: one gate says how much of the old state stays.
///
///     f = σ(Wf [x, h'] + bf)
///     h = f h' + (1 - f) tanh(Wh [x, h'] + bh)
struct ForgettingCell: Cell {
  var gate: Dense
  var candidate: Dense
  let inputSize: Int
  let hiddenSize: Int

  init(inputSize: Int, hiddenSize: Int, using stream: inout RandomStream) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    let size = inputSize + hiddenSize
    gate = Dense(inputSize: size, outputSize: hiddenSize, using: &stream)
    candidate = Dense(inputSize: size, outputSize: hiddenSize, using: &stream)
  }

  func zeroState(batch: Int) -> Tensor { .zeros([batch, hiddenSize]) }

  func callAsFunction(_ x: Tensor, state h: Tensor) -> (output: Tensor, state: Tensor) {
    let xh = Tensor.concatenated([x, h], along: 1)
    let f = sigmoid(gate(xh))
    let new = f * h + (1 - f) * tanh(candidate(xh))
    return (new, new)
  }

  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try gate.visitParameters { try visit("gate.\($0)", &$1) }
    try candidate.visitParameters { try visit("candidate.\($0)", &$1) }
  }
}

/// The cell over a sequence, and a head that reads its last output.
struct ForgettingClassifier: SequenceClassifier {
  var layer: Recurrence<ForgettingCell>
  var head: Dense

  func callAsFunction(_ input: Tensor) -> Tensor {
    let output = layer(input).output
    return head(output.slice(at: output.shape[1] - 1, along: 1))
  }

  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try layer.visitParameters { try visit("layer.\($0)", &$1) }
    try head.visitParameters { try visit("head.\($0)", &$1) }
  }
}

@main
struct OwnCell {
  static func main() throws {
    let training = DrawnDigits.dataset(count: 4_000, seed: 1, split: .training)
    let test = DrawnDigits.dataset(count: 1_000, seed: 1, split: .test)
    var stream = RandomStream(seed: 1, purpose: .initialisation)
    let cell = ForgettingCell(inputSize: 28, hiddenSize: 64, using: &stream)
    let model = ForgettingClassifier(
      layer: Recurrence(cell),
      head: Dense(inputSize: 64, outputSize: 10, using: &stream)
    )
    let trainer = Trainer(
      model,
      optimizer: Adam(learningRate: 0.005),
      options: TrainingOptions(batchSize: 64, epochs: 3, clipNorm: 1)
    )
    for _ in 1...3 {
      let report = try trainer.trainEpoch(on: training)
      print("epoch \(report.epoch): cost \(report.averageCost), accuracy \(report.accuracy)")
    }
    print("test accuracy: \(trainer.model.evaluate(on: test).accuracy)")
  }
}
