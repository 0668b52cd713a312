import Recurrent

/// Which array of a file is which weight of one recurrent layer, by their shapes.
struct WeightRoles {
  /// The number of gates.
  var gates: Int
  /// The input's weight, `[gates * hidden, input]`, the gates in the file's order.
  var input: Tensor
  /// The recurrent weight, `[gates * hidden, hidden]`.
  var recurrent: Tensor
  /// One bias `[gates * hidden]`, or two, the input's first, or none.
  var biases: [Tensor]
  /// The linear layer behind it, if the answers are its.
  var head: Dense?
  /// The arrays' names and what they were taken for.
  var words: String

  /// An array with its name, and a way to see it as rows of gates.
  private struct Matrix {
    var name: String
    var tensor: Tensor
    var isTransposed: Bool

    /// The matrix and its transpose.
    static func both(_ name: String, _ tensor: Tensor) -> [Matrix] {
      [
        Matrix(name: name, tensor: tensor, isTransposed: false),
        Matrix(name: name, tensor: tensor.transposed(), isTransposed: true),
      ]
    }

    var word: String { isTransposed ? "\(name) (transposed)" : name }
  }

  /// No more ways to read a file are tried.
  private static let limit = 64

  /// All ways in which the arrays can be the weights of one layer that reads `inputSize` features and
  /// whose answers, after a linear layer if there is one, have `outputSize`.
  static func all(
    _ arrays: [(name: String, value: Tensor)],
    inputSize: Int,
    outputSize: Int
  ) -> [WeightRoles] {
    let matrices = arrays.filter { $0.value.shape.rank == 2 && $0.value.shape != [2, 0] }
      .flatMap { Matrix.both($0.name, $0.value) }
    var found: [WeightRoles] = []
    for gates in [4, 3, 1] {
      for recurrent in matrices {
        let size = recurrent.tensor.shape[1]
        guard size > 0, recurrent.tensor.shape[0] == gates * size else { continue }
        for input in matrices where input.name != recurrent.name {
          guard input.tensor.shape == [gates * size, inputSize] else { continue }
          found += completed(
            WeightRoles(
              gates: gates,
              input: input.tensor,
              recurrent: recurrent.tensor,
              biases: [],
              words: "input \(input.word), recurrent \(recurrent.word)"
            ),
            arrays,
            used: [input.name, recurrent.name],
            outputSize
          )
        }
      }
      // One matrix for both, the input's part first, as TensorFlow 1 has it.
      for both in matrices {
        let size = both.tensor.shape[1] - inputSize
        guard size > 0, both.tensor.shape[0] == gates * size else { continue }
        found += completed(
          WeightRoles(
            gates: gates,
            input: both.tensor.slice(0..<inputSize, along: 1),
            recurrent: both.tensor.slice(inputSize..<inputSize + size, along: 1),
            biases: [],
            words: "input and recurrent \(both.word)"
          ),
          arrays,
          used: [both.name],
          outputSize
        )
      }
    }
    return Array(found.prefix(limit))
  }

  /// The ways to find biases and a head beside the weights.
  private static func completed(
    _ roles: WeightRoles,
    _ arrays: [(name: String, value: Tensor)],
    used: Set<String>,
    _ outputSize: Int
  ) -> [WeightRoles] {
    let (rows, size) = (roles.recurrent.shape[0], roles.recurrent.shape[1])
    var roles = roles
    guard size == outputSize || roles.findHead(arrays, used, outputSize) else { return [] }
    let rest = arrays.filter { !used.contains($0.name) && !roles.words.contains("head \($0.name)") }
    if let pair = rest.first(where: { $0.value.shape == [2, rows] }) {
      roles.biases = [pair.value.slice(at: 0, along: 0), pair.value.slice(at: 1, along: 0)]
      roles.words += ", biases \(pair.name)"
      return [roles]
    }
    let vectors = rest.filter { $0.value.shape == [rows] }
    switch vectors.count {
    case 0: return [roles]
    case 1:
      roles.biases = [vectors[0].value]
      roles.words += ", bias \(vectors[0].name)"
      return [roles]
    default:
      // Which is the input's matters for a GRU's inner bias.
      return [(0, 1), (1, 0)].map { first, second in
        var each = roles
        each.biases = [vectors[first].value, vectors[second].value]
        each.words += ", biases \(vectors[first].name) and \(vectors[second].name)"
        return each
      }
    }
  }

  private mutating func findHead(
    _ arrays: [(name: String, value: Tensor)],
    _ used: Set<String>,
    _ outputSize: Int
  ) -> Bool {
    let size = recurrent.shape[1]
    for (name, value) in arrays where !used.contains(name) && value.shape.rank == 2 {
      for matrix in Matrix.both(name, value) where matrix.tensor.shape == [outputSize, size] {
        let bias = arrays.first { !used.contains($0.name) && $0.value.shape == [outputSize] }
        head = Dense(weight: matrix.tensor, bias: bias?.value ?? .zeros([outputSize]))
        words += ", head \(matrix.word)"
        return true
      }
    }
    return false
  }

  // MARK: - Layers

  /// The layer that the weights are of by a convention; nil if they cannot be.
  func layer(_ convention: GateConvention) -> (any RecurrentLayer)? {
    let size = recurrent.shape[1]
    func ordered(_ tensor: Tensor, _ order: [Int]) -> Tensor { tensor.reordered(order) }
    let zero = Tensor.zeros([recurrent.shape[0]])
    let (own, other) = (biases.first ?? zero, biases.count > 1 ? biases[1] : zero)
    switch convention {
    case .lstm(let gates, let forgetBias):
      let order = GateConvention.LSTMGate.allCases.compactMap { gates.firstIndex(of: $0) }
      var bias = ordered(own.addingBias(other), order)
      for unit in size..<2 * size { bias[unit] += forgetBias }
      return LSTM(
        RecurrentWeights(
          input: ordered(input, order),
          recurrent: ordered(recurrent, order),
          bias: bias,
          gates: 4
        )
      )
    case .gru(let gates, let reset, let keepsOld):
      let order = GateConvention.GRUGate.allCases.compactMap { gates.firstIndex(of: $0) }
      // σ(-x) is 1 - σ(x): with the opposite sign, what lets the new in keeps the old.
      func sensed(_ tensor: Tensor) -> Tensor {
        let blocks = ordered(tensor, order).split(into: 3, along: 0)
        return keepsOld
          ? ordered(tensor, order) : .concatenated([blocks[0], -blocks[1], blocks[2]], along: 0)
      }
      let (weight, recurrentWeight) = (sensed(input), sensed(recurrent))
      let (first, second) = (sensed(own), sensed(other))
      switch reset {
      case .afterInnerBias:
        guard biases.count > 1 else { return nil }
        return GRU(
          GRUCell(
            input: weight,
            recurrent: recurrentWeight,
            inputBias: first,
            recurrentBias: second
          )
        )
      case .afterOuterBias, .before:
        let weights = RecurrentWeights(
          input: weight,
          recurrent: recurrentWeight,
          bias: first.addingBias(second),
          gates: 3
        )
        return GRU(
          GRUCell(
            weights,
            convention: reset == .before ? .resetBefore : .resetAfterOuterBias
          )
        )
      }
    case .rnn(let isTanh):
      return RNN(
        RecurrentWeights(input: input, recurrent: recurrent, bias: own.addingBias(other), gates: 1),
        activation: isTanh ? .tanh : .relu
      )
    }
  }
}
