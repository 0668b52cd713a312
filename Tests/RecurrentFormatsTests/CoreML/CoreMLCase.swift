import Recurrent
import RecurrentTestSupport
import Testing

/// A layer that is written for Core ML, with random parameters.
struct CoreMLCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let layer: any RecurrentLayer

  private init(_ name: String, _ layer: any RecurrentLayer) {
    testDescription = name
    self.layer = Self.random(layer)
  }

  /// A layer with all parameters random.
  static func random(_ layer: any RecurrentLayer, seed: UInt64 = 2) -> any RecurrentLayer {
    func random(_ layer: some RecurrentLayer) -> any RecurrentLayer {
      var layer = layer
      var numbers = SeededNumbers(seed)
      layer.visitParameters { $1 = numbers.tensor($1.shape, in: -0.7...0.7) }
      return layer
    }
    return random(layer)
  }

  static let inputSize = 3
  static let hiddenSize = 4

  static func layer<Built: BuiltInCell>(
    _ make: (Int, Int, inout RandomStream) -> Built
  ) -> CellLayer<Built> {
    var stream = RandomStream(seed: 1, purpose: .testing)
    return CellLayer(make(inputSize, hiddenSize, &stream))
  }

  static func lstm(_ options: LSTMCell.Options) -> CellLayer<LSTMCell> {
    layer { LSTMCell(inputSize: $0, hiddenSize: $1, options: options, using: &$2) }
  }

  static func gru(_ convention: GRUCell.Convention) -> CellLayer<GRUCell> {
    layer { GRUCell(inputSize: $0, hiddenSize: $1, convention: convention, using: &$2) }
  }

  static func rnn(_ activation: RNNCell.Activation) -> CellLayer<RNNCell> {
    layer { RNNCell(inputSize: $0, hiddenSize: $1, activation: activation, using: &$2) }
  }

  /// All options of an LSTM.
  static let options: [LSTMCell.Options] = (0..<16).map { number in
    LSTMCell.Options(
      isPeephole: number & 1 > 0,
      isCoupled: number & 2 > 0,
      normalizesLayers: number & 4 > 0,
      projectionSize: number & 8 > 0 ? 2 : nil
    )
  }

  /// Every cell in every variation.
  static let all: [CoreMLCase] =
    options.map { CoreMLCase("\($0)", lstm($0)) }
    + GRUCell.Convention.allCases.map { CoreMLCase("GRU \($0)", gru($0)) }
    + [RNNCell.Activation.tanh, .relu].flatMap { activation in
      [
        CoreMLCase("RNN \(activation)", rnn(activation)),
        CoreMLCase(
          "IndRNN \(activation)",
          layer { IndRNNCell(inputSize: $0, hiddenSize: $1, activation: activation, using: &$2) }
        ),
      ]
    }
    + SLSTMCell.ForgetGate.allCases.map { forgetGate in
      CoreMLCase(
        "sLSTM \(forgetGate)",
        layer { SLSTMCell(inputSize: $0, hiddenSize: $1, forgetGate: forgetGate, using: &$2) }
      )
    }
    + [
      CoreMLCase("minGRU", layer { MinGRUCell(inputSize: $0, hiddenSize: $1, using: &$2) }),
      CoreMLCase("minLSTM", layer { MinLSTMCell(inputSize: $0, hiddenSize: $1, using: &$2) }),
      CoreMLCase(
        "LEM",
        layer { LEMCell(inputSize: $0, hiddenSize: $1, timeStep: 0.25, using: &$2) }
      ),
    ]

  /// A model of layers, with a head.
  static func model(
    _ layers: [any RecurrentLayer],
    _ summary: SequenceModel.Summary = .lastOutput
  ) -> SequenceModel {
    var numbers = SeededNumbers(8)
    let size = layers.last?.outputSize ?? 0
    return SequenceModel(
      layers: layers,
      summary: summary,
      head: Dense(weight: numbers.tensor([2, size]), bias: numbers.tensor([2]))
    )
  }
}
