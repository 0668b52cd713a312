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
  /// The gated recurrent unit with the reset gate before the product.
  case gruResetBefore = "gru-reset-before"
  /// Long short-term memory with peepholes.
  case lstmPeephole = "lstm-peephole"
  /// Long short-term memory whose input gate is what the forget gate leaves.
  case lstmCoupled = "lstm-coupled"
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
    case .lstm, .rnn, .gru, .lem: rawValue.uppercased()
    }
  }

  /// Whether the title takes "an".
  var isAn: Bool { "LRIs".contains(title.prefix(1)) }

  /// Whether the cell has a forget gate whose bias can be chosen.
  var hasForgetBias: Bool {
    switch self {
    case .lstm, .lstmPeephole, .lstmCoupled, .slstm, .minLSTM: true
    case .rnn, .gru, .gruResetBefore, .lem, .indRNN, .minGRU: false
    }
  }

  /// The gates that read the input, and those that read the hidden state.
  var gates: (input: Int, recurrent: Int) {
    switch self {
    case .lstm, .lstmPeephole, .slstm, .lem: (4, 4)
    case .lstmCoupled, .gru, .gruResetBefore: (3, 3)
    case .rnn: (1, 1)
    case .indRNN: (1, 0)
    case .minGRU: (2, 0)
    case .minLSTM: (3, 0)
    }
  }

  /// A layer of the cell with random parameters.
  func layer(
    inputSize: Int,
    hiddenSize: Int,
    forgetBias: Float,
    initialization: Initialization,
    using stream: inout RandomStream
  ) -> any RecurrentLayer {
    func lstm(_ options: LSTMCell.Options) -> LSTM {
      LSTM(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        options: options,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      )
    }
    func gru(_ convention: GRUCell.Convention) -> GRU {
      GRU(
        inputSize: inputSize,
        hiddenSize: hiddenSize,
        convention: convention,
        initialization: initialization,
        using: &stream
      )
    }
    let (input, hidden) = (inputSize, hiddenSize)
    switch self {
    case .lstm: return lstm(LSTMCell.Options())
    case .lstmPeephole: return lstm(LSTMCell.Options(isPeephole: true))
    case .lstmCoupled: return lstm(LSTMCell.Options(isCoupled: true))
    case .gru: return gru(.resetAfter)
    case .gruResetBefore: return gru(.resetBefore)
    case .rnn:
      return RNN(
        inputSize: input,
        hiddenSize: hidden,
        initialization: initialization,
        using: &stream
      )
    case .indRNN:
      return IndRNN(
        inputSize: input,
        hiddenSize: hidden,
        initialization: initialization,
        using: &stream
      )
    case .minGRU:
      return MinGRU(
        inputSize: input,
        hiddenSize: hidden,
        initialization: initialization,
        using: &stream
      )
    case .minLSTM:
      return MinLSTM(
        inputSize: input,
        hiddenSize: hidden,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      )
    case .lem:
      return LEM(
        inputSize: input,
        hiddenSize: hidden,
        initialization: initialization,
        using: &stream
      )
    case .slstm:
      return SLSTM(
        inputSize: input,
        hiddenSize: hidden,
        forgetBias: forgetBias,
        initialization: initialization,
        using: &stream
      )
    }
  }

  /// A model of one layer of the cell and a head, with starting values drawn by `seed`.
  func model(
    inputSize: Int,
    hiddenSize: Int,
    classes: Int,
    forgetBias: Float = 1,
    initialization: Initialization,
    seed: UInt64
  ) -> SequenceModel {
    var stream = RandomStream(seed: seed, purpose: .initialisation, index: 0)
    let layer = layer(
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      forgetBias: forgetBias,
      initialization: initialization,
      using: &stream
    )
    return SequenceModel(
      layer,
      classes: classes,
      initialization: initialization,
      seed: seed
    )
  }
}
