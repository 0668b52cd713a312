import Recurrent
import RecurrentTestSupport
import Testing

/// A built-in cell with its options, made with random parameters none of which is zero.
struct FusedCase: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable (_ inputSize: Int, _ hiddenSize: Int, _ seed: UInt64) -> any BuiltInCell
  var testDescription: String { name }
  /// Whether the cell normalises its sums.
  private(set) var isNormalized = false

  private init<Made: BuiltInCell>(
    _ name: String,
    _ make: @escaping @Sendable (Int, Int, inout RandomStream) -> Made
  ) {
    self.name = name
    self.make = { inputSize, hiddenSize, seed in
      var stream = RandomStream(seed: seed, purpose: .testing)
      var cell = make(inputSize, hiddenSize, &stream)
      // Biases, peepholes and gains start from constants; here they count too.
      cell.visitParameters { _, parameter in
        let noise = (0..<parameter.count).map { _ in 0.2 * stream.nextNormal() }
        parameter = parameter + Tensor(noise, shape: parameter.shape)
      }
      return cell
    }
  }

  static func lstm(_ name: String, _ options: LSTMCell.Options) -> FusedCase {
    var made = FusedCase(name) { input, hidden, stream in
      var options = options
      // Over few units a variance comes near zero, and divides rounding errors.
      let hidden = options.normalizesLayers ? max(hidden, 8) : hidden
      if options.projectionSize != nil { options.projectionSize = max(1, hidden * 2 / 3) }
      return LSTMCell(inputSize: input, hiddenSize: hidden, options: options, using: &stream)
    }
    made.isNormalized = options.normalizesLayers
    return made
  }

  static let all: [FusedCase] =
    [
      FusedCase("RNN tanh") { RNNCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      FusedCase("RNN relu") {
        RNNCell(inputSize: $0, hiddenSize: $1, activation: .relu, using: &$2)
      },
      lstm("LSTM", .init()),
      lstm("LSTM peephole", .init(isPeephole: true)),
      lstm("LSTM coupled", .init(isCoupled: true)),
      lstm("LSTM coupled peephole", .init(isPeephole: true, isCoupled: true)),
      lstm("LSTM projected", .init(projectionSize: 1)),
      lstm("LSTM all but normalised", .init(isPeephole: true, isCoupled: true, projectionSize: 1)),
      lstm("LSTM normalised", .init(normalizesLayers: true)),
      lstm("LSTM normalised peephole", .init(isPeephole: true, normalizesLayers: true)),
      lstm("LSTM normalised coupled", .init(isCoupled: true, normalizesLayers: true)),
      lstm(
        "LSTM normalised coupled peephole",
        .init(isPeephole: true, isCoupled: true, normalizesLayers: true)
      ),
      lstm("LSTM normalised projected", .init(normalizesLayers: true, projectionSize: 1)),
      lstm(
        "LSTM all",
        .init(isPeephole: true, isCoupled: true, normalizesLayers: true, projectionSize: 1)
      ),
      FusedCase("IndRNN") { IndRNNCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      FusedCase("minGRU") { MinGRUCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      FusedCase("minLSTM") { MinLSTMCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      FusedCase("LEM") { LEMCell(inputSize: $0, hiddenSize: $1, timeStep: 0.7, using: &$2) },
      FusedCase("sLSTM") { SLSTMCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      FusedCase("sLSTM exponential") {
        SLSTMCell(inputSize: $0, hiddenSize: $1, forgetGate: .exponential, using: &$2)
      },
    ]
    + GRUCell.Convention.allCases.map { convention in
      FusedCase("GRU \(convention.rawValue)") {
        GRUCell(inputSize: $0, hiddenSize: $1, convention: convention, using: &$2)
      }
    }
}
