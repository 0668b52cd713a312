import ArgumentParser
import Recurrent

/// The recurrent cells that can be trained by name.
enum CellName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// Long short-term memory.
  case lstm
  /// The simple recurrent network with tanh.
  case rnn
  /// The gated recurrent unit as PyTorch and Keras have it.
  case gru
  /// The simple recurrent network with rectified units.
  case rnnReLU = "rnn-relu"
  /// The gated recurrent unit with the reset gate before the product.
  case gruResetBefore = "gru-reset-before"
  /// Long short-term memory with peepholes.
  case lstmPeephole = "lstm-peephole"
  /// Long short-term memory whose input gate is what the forget gate leaves.
  case lstmCoupled = "lstm-coupled"
  /// Long short-term memory whose sums and cell state are normalised.
  case lstmLayerNorm = "lstm-layer-norm"
  /// Long short-term memory with exponential gates.
  case slstm
  /// Long expressive memory.
  case lem
  /// The independently recurrent network.
  case indRNN = "ind-rnn"
  /// The minimal gated recurrent unit.
  case minGRU = "min-gru"
  /// The minimal long short-term memory.
  case minLSTM = "min-lstm"

  /// All names, for a sentence.
  static var list: String {
    let names = allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }

  /// The cell's name in a sentence.
  var title: String {
    switch self {
    case .indRNN: "IndRNN"
    case .minGRU: "minGRU"
    case .minLSTM: "minLSTM"
    case .slstm: "sLSTM"
    case .gruResetBefore: "GRU (reset before)"
    case .lstmPeephole: "LSTM (peephole)"
    case .lstmCoupled: "LSTM (coupled)"
    case .lstmLayerNorm: "LSTM (layer norm)"
    case .rnnReLU: "RNN (ReLU)"
    case .lstm, .rnn, .gru, .lem: rawValue.uppercased()
    }
  }

  /// Whether the title takes "an".
  var isAn: Bool { "LRIs".contains(title.prefix(1)) }

  /// Whether the cell has a forget gate whose bias can be chosen.
  var hasForgetBias: Bool { isLSTM || self == .slstm || self == .minLSTM }

  /// Whether the cell is an LSTM, which can be projected and keep part of its cell state.
  var isLSTM: Bool {
    switch self {
    case .lstm, .lstmPeephole, .lstmCoupled, .lstmLayerNorm: true
    case .rnn, .rnnReLU, .gru, .gruResetBefore, .slstm, .lem, .indRNN, .minGRU, .minLSTM: false
    }
  }

  /// A layer of the cell in one direction.
  func direction(inputSize: Int, hiddenSize: Int) -> LayerDescription.Direction {
    func direction(_ kind: LayerDescription.Kind) -> LayerDescription.Direction {
      LayerDescription.Direction(kind: kind, inputSize: inputSize, hiddenSize: hiddenSize)
    }
    func lstm(_ options: LSTMCell.Options) -> LayerDescription.Direction {
      var result = direction(.lstm)
      result.options = options
      return result
    }
    func rnn(
      _ activation: RNNCell.Activation,
      _ kind: LayerDescription.Kind = .rnn
    ) -> LayerDescription.Direction {
      var result = direction(kind)
      result.activation = activation
      return result
    }
    func gru(_ convention: GRUCell.Convention) -> LayerDescription.Direction {
      var result = direction(.gru)
      result.convention = convention
      return result
    }
    var result = direction(.slstm)
    switch self {
    case .lstm: result = lstm(LSTMCell.Options())
    case .lstmPeephole: result = lstm(LSTMCell.Options(isPeephole: true))
    case .lstmCoupled: result = lstm(LSTMCell.Options(isCoupled: true))
    case .lstmLayerNorm: result = lstm(LSTMCell.Options(normalizesLayers: true))
    case .gru: result = gru(.resetAfter)
    case .gruResetBefore: result = gru(.resetBefore)
    case .rnn: result = rnn(.tanh)
    case .rnnReLU: result = rnn(.relu)
    case .indRNN: result = rnn(.relu, .indrnn)
    case .minGRU: result = direction(.mingru)
    case .minLSTM: result = direction(.minlstm)
    case .lem:
      result = direction(.lem)
      result.timeStep = 1
    case .slstm: result.forgetGate = .sigmoid
    }
    return result
  }
}
