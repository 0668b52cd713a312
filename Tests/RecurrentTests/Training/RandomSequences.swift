import Recurrent
import RecurrentTestSupport

extension SequenceDataset {
  /// Random sequences of random classes.
  static func random(
    count: Int,
    steps: Int = 4,
    features: Int = 3,
    classes: Int = 3,
    seed: UInt64 = 50
  ) -> SequenceDataset {
    var numbers = SeededNumbers(seed)
    return SequenceDataset(
      elements: .floats(numbers.floats(count * steps * features)),
      labels: numbers.integers(count, in: 0...classes - 1),
      steps: steps,
      features: features,
      classNames: (0..<classes).map { "class \($0)" }
    )
  }
}

/// A model that the fused engine does not know, so that it is trained through the tape.
struct TapedModel: SequenceClassifier {
  var model: SequenceModel

  func callAsFunction(_ input: Tensor) -> Tensor { model(input) }

  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try model.visitParameters(visit)
  }
}

extension SequenceModel {
  /// LSTM or RNN layers of these sizes, reading `features`, with a head for `classes`.
  static func stack(
    _ sizes: [Int],
    isLSTM: Bool = true,
    options: LSTMCell.Options = LSTMCell.Options(),
    features: Int = 3,
    classes: Int = 3,
    seed: UInt64 = 51
  ) -> SequenceModel {
    var stream = RandomStream(seed: seed, purpose: .testing)
    let layers = zip([features] + sizes, sizes).map { input, hidden -> any RecurrentLayer in
      isLSTM
        ? LSTM(
          inputSize: input,
          hiddenSize: hidden,
          options: options,
          initialization: .torch,
          using: &stream
        )
        : RNN(inputSize: input, hiddenSize: hidden, initialization: .torch, using: &stream)
    }
    let head = Dense(
      inputSize: sizes[sizes.count - 1],
      outputSize: classes,
      initialization: .torch,
      using: &stream
    )
    return SequenceModel(layers: layers, head: head)
  }

  /// A model that sweeps over overlapping patches of sequences of 4 steps of 3 features.
  static func sweeping() -> SequenceModel {
    var stream = RandomStream(seed: 52, purpose: .testing)
    func both(_ inputSize: Int) -> Bidirectional<LSTMCell> {
      Bidirectional(
        forward: LSTM(inputSize: inputSize, hiddenSize: 16, using: &stream),
        backward: LSTM(inputSize: inputSize, hiddenSize: 16, using: &stream),
        merge: .sum
      )
    }
    return SequenceModel(
      reading: .patches(side: 2, stride: 1),
      layers: [
        Sweep(both(4), .across, places: 2), Sweep(both(16), .down, places: 2), both(32),
      ],
      head: Dense(inputSize: 16, outputSize: 3, using: &stream)
    )
  }
}
