import Recurrent

/// The weights and settings of ONNX's own LSTM, GRU or RNN operation for a cell, and back.
///
/// ONNX has the gates of an LSTM in the order i, o, f, c, ours are i, f, g, o; those of a GRU in the
/// order z, r, h, ours are r, z, n. It has two biases, ours is the first and the second is zero but
/// for a GRU's inner bias. A coupled LSTM of ONNX takes f = 1 - σ(i), ours i = 1 - σ(f): since 1 - σ(x)
/// is σ(-x), all that is summed for the gate has the opposite sign there, which is exact both ways.
struct ONNXNativeWeights {
  /// "LSTM", "GRU" or "RNN".
  var operation: String
  var hiddenSize: Int
  /// `[gates * hidden, input]`.
  var input: Tensor
  /// `[gates * hidden, hidden]`.
  var recurrent: Tensor
  /// The two biases, `[2 * gates * hidden]`.
  var bias: Tensor
  /// The peepholes of i, o, f, `[3 * hidden]`.
  var peepholes: Tensor?
  var isCoupled = false
  var isLinearBeforeReset = false
  var activation = RNNCell.Activation.tanh

  /// Where ONNX's gates i, o, f, c lie among ours.
  private static let lstmOrder = [0, 3, 1, 2]
  /// Where ONNX's gates z, r, h lie among ours.
  private static let gruOrder = [1, 0, 2]

  /// Writes a cell's weights as ONNX has them; nil if ONNX has no such operation.
  init?(_ direction: LayerParts.Direction) {
    let rates = direction.regularization
    guard rates.hiddenZoneout == 0, rates.cellZoneout == 0 else { return nil }
    switch direction.cell {
    case let cell as RNNCell: self.init(cell)
    case let cell as GRUCell: self.init(cell)
    case let cell as LSTMCell where cell.normalization == nil && cell.projection == nil:
      self.init(cell)
    default: return nil
    }
  }

  private init(_ cell: RNNCell) {
    operation = "RNN"
    hiddenSize = cell.hiddenSize
    (input, recurrent) = (cell.weights.input, cell.weights.recurrent)
    bias = .concatenated([cell.weights.bias, .zeros([hiddenSize])], along: 0)
    activation = cell.activation
  }

  private init(_ cell: GRUCell) {
    operation = "GRU"
    hiddenSize = cell.hiddenSize
    input = cell.weights.input.reordered(Self.gruOrder)
    recurrent = cell.weights.recurrent.reordered(Self.gruOrder)
    let inner = cell.innerBias ?? .zeros([hiddenSize])
    bias = .concatenated(
      [cell.weights.bias.reordered(Self.gruOrder), .zeros([2 * hiddenSize]), inner],
      along: 0
    )
    isLinearBeforeReset = cell.convention != .resetBefore
  }

  private init(_ cell: LSTMCell) {
    operation = "LSTM"
    hiddenSize = cell.hiddenSize
    isCoupled = cell.isCoupled
    let size = hiddenSize
    func ordered(_ tensor: Tensor) -> Tensor {
      guard cell.isCoupled else { return tensor.reordered(Self.lstmOrder) }
      let gates = tensor.split(into: 3, along: 0)
      // The forget gate's place is there, but nothing reads it.
      return .concatenated([-gates[0], gates[2], .zeros(gates[0].shape), gates[1]], along: 0)
    }
    input = ordered(cell.weights.input)
    recurrent = ordered(cell.weights.recurrent)
    bias = .concatenated([ordered(cell.weights.bias), .zeros([4 * size])], along: 0)
    peepholes = cell.peephole.map { peephole in
      let rows = (0..<peephole.shape[0]).map { peephole.slice(at: $0, along: 0) }
      return .concatenated(
        cell.isCoupled ? [-rows[0], rows[1], .zeros([size])] : [rows[0], rows[2], rows[1]],
        along: 0
      )
    }
  }

  /// The settings of the operation.
  func attributes(direction: String, count: Int) -> [String: ONNXGraph.Node.Attribute] {
    var attributes: [String: ONNXGraph.Node.Attribute] = [
      "hidden_size": .integer(hiddenSize), "direction": .text(direction),
    ]
    if isCoupled { attributes["input_forget"] = .integer(1) }
    if operation == "GRU" {
      attributes["linear_before_reset"] = .integer(isLinearBeforeReset ? 1 : 0)
    }
    if operation == "RNN" {
      let name = activation == .tanh ? "Tanh" : "Relu"
      attributes["activations"] = .texts(Array(repeating: name, count: count))
    }
    return attributes
  }

  /// Whether one operation can run both, as its two directions.
  func goes(with other: ONNXNativeWeights) -> Bool {
    (operation, hiddenSize) == (other.operation, other.hiddenSize)
      && (isCoupled, isLinearBeforeReset) == (other.isCoupled, other.isLinearBeforeReset)
      && (peepholes == nil) == (other.peepholes == nil) && activation == other.activation
  }
}

extension ONNXNativeWeights {
  /// Creates weights from what an operation in a file has for one direction.
  init(
    operation: String,
    input: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    peepholes: Tensor?
  ) {
    self.operation = operation
    hiddenSize = recurrent.shape[1]
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
    self.peepholes = peepholes
  }

  /// The two biases as one, where only their sum counts.
  private var summedBias: Tensor {
    let halves = bias.split(into: 2, along: 0)
    return halves[0].addingBias(halves[1])
  }

  /// The RNN cell that the weights are of.
  var rnn: RNNCell {
    RNNCell(
      RecurrentWeights(input: input, recurrent: recurrent, bias: summedBias, gates: 1),
      activation: activation
    )
  }

  /// The GRU cell that the weights are of.
  var gru: GRUCell {
    let back = [1, 0, 2]  // Exchanging the first two is its own inverse.
    let (input, recurrent) = (input.reordered(back), recurrent.reordered(back))
    let halves = bias.split(into: 2, along: 0).map { $0.reordered(back) }
    guard isLinearBeforeReset else {
      return GRUCell(
        RecurrentWeights(
          input: input,
          recurrent: recurrent,
          bias: summedBias.reordered(back),
          gates: 3
        ),
        convention: .resetBefore
      )
    }
    let size = hiddenSize
    let inner = halves[1].slice(2 * size..<3 * size, along: 0)
    let outer = Tensor.concatenated(
      [halves[1].slice(0..<2 * size, along: 0), .zeros([size])],
      along: 0
    )
    return GRUCell(
      RecurrentWeights(
        input: input,
        recurrent: recurrent,
        bias: halves[0].addingBias(outer),
        gates: 3
      ),
      innerBias: inner
    )
  }

  /// The LSTM cell that the weights are of.
  var lstm: LSTMCell {
    let rows = peepholes.map { $0.split(into: 3, along: 0) }
    if isCoupled {
      func ordered(_ tensor: Tensor) -> Tensor {
        let gates = tensor.split(into: 4, along: 0)
        return .concatenated([-gates[0], gates[3], gates[1]], along: 0)
      }
      return LSTMCell(
        RecurrentWeights(
          input: ordered(input),
          recurrent: ordered(recurrent),
          bias: ordered(summedBias),
          gates: 3
        ),
        isCoupled: true,
        peephole: rows.map { .stacked([-$0[0], $0[1]], along: 0) }
      )
    }
    let back = [0, 2, 3, 1]
    return LSTMCell(
      RecurrentWeights(
        input: input.reordered(back),
        recurrent: recurrent.reordered(back),
        bias: summedBias.reordered(back),
        gates: 4
      ),
      peephole: rows.map { .stacked([$0[0], $0[2], $0[1]], along: 0) }
    )
  }
}

extension Tensor {
  /// The blocks of rows in another order: block k of the result is block `order[k]`.
  func reordered(_ order: [Int]) -> Tensor {
    let blocks = split(into: order.count, along: 0)
    return .concatenated(order.map { blocks[$0] }, along: 0)
  }
}
