import Recurrent
import RecurrentTestSupport

extension SequenceDataset {
  /// Examples of two classes, labelled 0 unless said; their numbers are 0 but for those given.
  static func blank(
    count: Int = 3,
    steps: Int,
    features: Int = 1,
    labels: [Int]? = nil,
    lengths: [Int]? = nil,
    _ numbers: [(example: Int, step: Int, feature: Int, value: Float)] = []
  ) -> SequenceDataset {
    var elements = [Float](repeating: 0, count: count * steps * features)
    for number in numbers {
      elements[(number.example * steps + number.step) * features + number.feature] = number.value
    }
    return SequenceDataset(
      elements: .floats(elements),
      labels: labels ?? Array(repeating: 0, count: count),
      steps: steps,
      features: features,
      classNames: ["a", "b"],
      lengths: lengths
    )
  }
}

extension RNN {
  /// A layer h = relu(W x + u h') whose units see of the hidden state their own part only.
  ///
  /// `input` has a row for each unit, `recurrent` a number.
  static func relu(input: [[Float]], recurrent: [Float]) -> RNN {
    let units = recurrent.count
    var weights = Tensor.zeros([units, units])
    for unit in 0..<units { weights[unit, unit] = recurrent[unit] }
    return RNN(
      RecurrentWeights(
        input: Tensor(input.flatMap(\.self), shape: [units, input[0].count]),
        recurrent: weights,
        bias: .zeros([units])
      ),
      activation: .relu
    )
  }
}

extension RecurrentWeights {
  /// Weights of zeros for one unit, to be filled in.
  static func zeros(gates: Int, inputSize: Int = 1) -> RecurrentWeights {
    RecurrentWeights(
      input: .zeros([gates, inputSize]),
      recurrent: .zeros([gates, 1]),
      bias: .zeros([gates])
    )
  }
}

extension SequenceModel {
  /// A model of two classes whose head is small and the same for both, or has the weights given.
  static func of(
    _ layers: [any RecurrentLayer],
    reading: Reading = .rows,
    summary: Summary = .lastOutput,
    headDropout: Float = 0,
    head weights: [[Float]]? = nil,
    bias: [Float] = [0, 0]
  ) -> SequenceModel {
    let size = layers[layers.count - 1].outputSize
    let small = [Float](repeating: 1e-30, count: size)
    return SequenceModel(
      reading: reading,
      layers: layers,
      summary: summary,
      headDropout: headDropout,
      head: Dense(
        weight: Tensor((weights ?? [small, small]).flatMap(\.self), shape: [2, size]),
        bias: Tensor(bias)
      )
    )
  }
}
