/// The order of a cell's gates in memory, and where its biases and its reset gate act.
public enum GateConvention: Sendable, Equatable, CustomStringConvertible {
  /// A gate of an LSTM, by the letter it has in most papers; g is the candidate.
  public enum LSTMGate: String, Sendable, CaseIterable {
    /// The input, forget, candidate and output gate.
    case i, f, g, o
  }

  /// A gate of a GRU; n is the candidate.
  public enum GRUGate: String, Sendable, CaseIterable {
    /// The reset and update gate, and the candidate.
    case r, z, n
  }

  /// Where the reset gate of a GRU acts.
  public enum Reset: String, Sendable, CaseIterable {
    /// On the product and its own bias.
    case afterInnerBias = "reset after the product, its bias inside"
    /// On the product alone.
    case afterOuterBias = "reset after the product, one bias outside"
    /// On the hidden state before the product.
    case before = "reset before the product"
  }

  /// An LSTM with its gates in this order, and what is added to the forget gate at run time.
  case lstm([LSTMGate], forgetBias: Float)
  /// A GRU with its gates in this order; z keeps the old state, or lets the new one in.
  case gru([GRUGate], Reset, keepsOld: Bool)
  /// A simple recurrent network with the hyperbolic tangent, or max(0, x).
  case rnn(isTanh: Bool)

  /// Every convention of a cell with so many gates.
  static func all(gates: Int) -> [GateConvention] {
    switch gates {
    case 4:
      LSTMGate.allCases.orders.flatMap { order in
        [0, 1].map { .lstm(order, forgetBias: $0) }
      }
    case 3:
      GRUGate.allCases.orders.flatMap { order in
        Reset.allCases.flatMap { reset in
          [true, false].map { .gru(order, reset, keepsOld: $0) }
        }
      }
    default: [.rnn(isTanh: true), .rnn(isTanh: false)]
    }
  }

  /// The convention in words.
  public var description: String {
    switch self {
    case .lstm(let order, let forgetBias):
      let bias = forgetBias == 0 ? "" : ", forget bias \(forgetBias) added at run time"
      return "LSTM, gates \(order.map(\.rawValue).joined(separator: " "))\(bias)"
    case .gru(let order, let reset, let keepsOld):
      return """
        GRU, gates \(order.map(\.rawValue).joined(separator: " ")), \(reset.rawValue), z \
        \(keepsOld ? "keeps the old state" : "lets the new one in")
        """
    case .rnn(let isTanh): return "RNN, \(isTanh ? "tanh" : "relu")"
    }
  }

  /// Who has this convention, as far as is known.
  public var owners: String? {
    switch self {
    case .lstm([.i, .f, .g, .o], forgetBias: 0): "PyTorch, Keras, MLX"
    case .lstm([.i, .o, .f, .g], forgetBias: 0): "ONNX"
    case .lstm([.i, .g, .f, .o], forgetBias: 1): "TensorFlow 1's BasicLSTMCell"
    case .lstm([.i, .f, .o, .g], forgetBias: 0): "Core ML"
    case .gru([.r, .z, .n], .afterInnerBias, keepsOld: true): "PyTorch, MLX"
    case .gru([.z, .r, .n], .afterInnerBias, keepsOld: true):
      "Keras, and ONNX with linear_before_reset"
    case .gru([.z, .r, .n], .before, keepsOld: true):
      "Keras with reset_after=False, and ONNX by default"
    case .gru([.r, .z, .n], .afterOuterBias, keepsOld: true): "Flux"
    default: nil
    }
  }
}

extension Array {
  /// The elements in every order.
  fileprivate var orders: [[Element]] {
    guard count > 1 else { return [self] }
    return indices.flatMap { index -> [[Element]] in
      var rest = self
      let first = rest.remove(at: index)
      return rest.orders.map { [first] + $0 }
    }
  }
}
