import Recurrent

/// What is recognised in a graph that another program wrote: its recurrent operations, one on another,
/// and the linear layer behind them.
struct ONNXRecognition {
  /// The layers, the first reads the input.
  private(set) var layers: [any RecurrentLayer] = []
  /// The linear layer; nil if there is none.
  private(set) var head: Dense?

  /// ONNX's recurrent operations.
  static let operations = ["LSTM", "GRU", "RNN"]

  private let path: String
  private let constants: [String: ONNXArray]

  init(_ model: ONNXModel, path: String, limit: Int) throws(FileError) {
    self.path = path
    constants = ONNXEvaluation.constants(of: model, limit: limit)
    let nodes = model.graph.nodes
    let places = nodes.indices.filter { Self.operations.contains(nodes[$0].operation) }
    guard let last = places.last else {
      throw problem("has no LSTM, GRU or RNN operation, and no other models are read")
    }
    for place in places {
      let layer = try layer(nodes[place])
      if let below = layers.last, below.outputSize != layer.inputSize {
        throw problem(
          """
          has a layer of \(below.outputSize) outputs before one of \(layer.inputSize) inputs, which \
          is no stack of layers
          """
        )
      }
      layers.append(layer)
    }
    try findHead(Array(nodes[(last + 1)...]))
  }

  private func problem(_ text: String) -> FileError { FileError(text, file: path) }

  // MARK: - Layers

  private func layer(_ node: ONNXGraph.Node) throws(FileError) -> any RecurrentLayer {
    let name = "\(node.operation) '\((node.outputs.first ?? "").prefix(60))'"
    guard node.float("clip") == nil else {
      throw problem("\(name) clips its sums, which no layer here does")
    }
    guard node.integer("layout") ?? 0 == 0 else {
      throw problem("\(name) has the batch as its first axis, which is not read here")
    }
    let direction = node.text("direction") ?? "forward"
    let count = direction == "bidirectional" ? 2 : 1
    guard let input = constant(node, 1), let recurrent = constant(node, 2),
      input.shape.count == 3, recurrent.shape.count == 3, input.shape[0] == count,
      recurrent.shape[0] == count
    else { throw problem("\(name) has weights that are computed from its input, or do not fit") }
    var weights: [ONNXNativeWeights] = []
    for part in 0..<count {
      weights.append(try self.weights(node, name, part, input, recurrent))
    }
    switch node.operation {
    case "LSTM": return Self.layer(weights.map(\.lstm), direction)
    case "GRU": return Self.layer(weights.map(\.gru), direction)
    default: return Self.layer(weights.map(\.rnn), direction)
    }
  }

  private static func layer<LayerCell: BuiltInCell>(
    _ cells: [LayerCell],
    _ direction: String
  ) -> any RecurrentLayer {
    var layers = cells.map { CellLayer($0) }
    if direction == "reverse" { layers[0].isReversed = true }
    guard layers.count == 2 else { return layers[0] }
    return Bidirectional(forward: layers[0], backward: layers[1])
  }

  /// An input that follows from stored arrays alone.
  private func constant(_ node: ONNXGraph.Node, _ index: Int) -> ONNXArray? {
    node.input(index).flatMap { constants[$0] }
  }

  private func weights(
    _ node: ONNXGraph.Node,
    _ name: String,
    _ part: Int,
    _ input: ONNXArray,
    _ recurrent: ONNXArray
  ) throws(FileError) -> ONNXNativeWeights {
    func slice(_ index: Int, _ count: Int) throws(FileError) -> Tensor? {
      guard node.input(index) != nil else { return nil }
      guard let array = constant(node, index), array.shape.count == 2, part < array.shape[0],
        array.shape[1] == count
      else { throw problem("\(name) has an input \(index + 1) that is computed, or does not fit") }
      return array.slice(part).tensor
    }
    let rows = recurrent.shape[1]
    let bias = try slice(3, 2 * rows) ?? .zeros([2 * rows])
    let peepholes = node.operation == "LSTM" ? try slice(7, 3 * recurrent.shape[2]) : nil
    guard let own = input.slice(part).tensor, let other = recurrent.slice(part).tensor,
      var weights = ONNXNativeWeights(checking: node.operation, own, other, bias, peepholes)
    else { throw problem("\(name) has weights that do not fit one another") }
    weights.isCoupled = node.integer("input_forget") == 1
    weights.isLinearBeforeReset = node.integer("linear_before_reset") == 1
    weights.activation = try activation(node, name, part)
    return weights
  }

  /// The activation of an RNN; others must have the usual ones.
  private func activation(
    _ node: ONNXGraph.Node,
    _ name: String,
    _ part: Int
  ) throws(FileError) -> RNNCell.Activation {
    guard let all = node.texts("activations")?.map({ $0.lowercased() }) else { return .tanh }
    let usual = ["LSTM": ["sigmoid", "tanh", "tanh"], "GRU": ["sigmoid", "tanh"]][node.operation]
    if let usual {
      let own = Array(all.dropFirst(part * usual.count).prefix(usual.count))
      guard own == usual else {
        throw problem("\(name) has the activations \(own.prefix(3)), which no layer here has")
      }
      return .tanh
    }
    guard part < all.count, let activation = RNNCell.Activation(rawValue: all[part]) else {
      throw problem("\(name) has an activation which no layer here has")
    }
    return activation
  }

  // MARK: - Head

  /// Finds the one product by a matrix behind the layers, and what is added to it.
  private mutating func findHead(_ nodes: [ONNXGraph.Node]) throws(FileError) {
    for node in nodes where ["MatMul", "Gemm"].contains(node.operation) {
      guard let matrix = constant(node, 1)?.tensor, matrix.shape.rank == 2, matrix.count > 0 else {
        continue
      }
      guard head == nil else {
        throw problem("has more than one linear layer behind its recurrent layers")
      }
      let isTransposed = node.integer("transB") == 1
      guard node.float("alpha") ?? 1 == 1, node.float("beta") ?? 1 == 1,
        node.integer("transA") ?? 0 == 0
      else { throw problem("scales or turns what its linear layer reads") }
      let weight = isTransposed ? matrix : matrix.transposed()
      var bias = Tensor.zeros([weight.shape[0]])
      if node.operation == "Gemm" {
        if node.input(2) != nil { bias = try vector(constant(node, 2), count: bias.count) }
      } else if let output = node.outputs.first,
        let sum = nodes.first(where: { $0.operation == "Add" && $0.inputs.contains(output) })
      {
        let other = sum.inputs.first { $0 != output }
        bias = try vector(other.flatMap { constants[$0] }, count: bias.count)
      }
      guard let last = layers.last, weight.shape[1] == last.outputSize else {
        throw problem("has a linear layer that does not fit its last recurrent layer")
      }
      head = Dense(weight: weight, bias: bias)
    }
  }

  private func vector(_ array: ONNXArray?, count: Int) throws(FileError) -> Tensor {
    guard let array, let tensor = array.tensor, tensor.count == count else {
      throw problem("adds to its linear layer's product what is no bias")
    }
    return tensor.reshaped(to: [count])
  }
}
