public import Recurrent

extension SequenceModel {
  /// The model's weights as Keras's variables, named "sequential/lstm/lstm_cell/kernel" and so on.
  ///
  /// A Keras model of the same layers takes them by name or, sorted by `keras_order` in the metadata, by
  /// `set_weights`. What variables do not say, such as the direction and how two are merged, is for the
  /// program that makes the Keras model.
  ///
  /// - Throws: `FileError` that names the layer and the option that Keras does not have.
  public func kerasVariables() throws(FileError) -> SafetensorsFile {
    var (variables, names, counts): ([String: Tensor], [String], [String: Int]) = ([:], [], [:])
    func numbered(_ stem: String) -> String {
      let count = counts[stem, default: 0]
      counts[stem] = count + 1
      return count == 0 ? stem : "\(stem)_\(count)"
    }
    func add(_ tensor: Tensor, _ name: String) {
      variables["sequential/\(name)"] = tensor
      names.append("sequential/\(name)")
    }
    for (index, layer) in layers.enumerated() {
      guard let cells = layer.kerasCells else {
        throw FileError(
          "layer \(index + 1) cannot be written as Keras variables: Keras has no such layer"
        )
      }
      let outer = cells.count == 2 ? numbered("bidirectional") + "/" : ""
      let inner = numbered(cells[0].kind)
      for (direction, cell) in zip(cells.count == 2 ? ["forward_", "backward_"] : [""], cells) {
        let path = "\(outer)\(direction)\(inner)/\(cell.kind)_cell"
        add(cell.kernel, "\(path)/kernel")
        add(cell.recurrent, "\(path)/recurrent_kernel")
        add(cell.bias, "\(path)/bias")
      }
    }
    add(head.weight.transposed(), "dense/kernel")
    add(head.bias, "dense/bias")
    return variables.safetensors(["keras_order": names.joined(separator: " ")])
  }
}

/// One direction of a layer as Keras has it.
private struct KerasCellArrays {
  var kind: String
  var kernel: Tensor
  var recurrent: Tensor
  var bias: Tensor

  /// The arrays of a cell; nil if Keras has no such cell.
  init?(_ cell: any BuiltInCell) {
    switch cell {
    case let cell as RNNCell: self.init("simple_rnn", cell.weights)
    case let cell as LSTMCell:
      guard cell.options == LSTMCell.Options() else { return nil }
      self.init("lstm", cell.weights)
    case let cell as GRUCell:
      self.init("gru", cell.weights)
      let exchange = KerasRecurrentLayer.exchangingFirstGates
      kernel = exchange(cell.weights.input).transposed()
      recurrent = exchange(cell.weights.recurrent).transposed()
      bias = exchange(cell.weights.bias)
      if cell.convention == .resetBefore { return }
      let gates = Tensor.zeros([2 * cell.hiddenSize])
      let inner = cell.innerBias ?? .zeros([cell.hiddenSize])
      bias = .stacked([bias, .concatenated([gates, inner], along: 0)], along: 0)
    default: return nil
    }
  }

  private init(_ kind: String, _ weights: RecurrentWeights) {
    self.kind = kind
    kernel = weights.input.transposed()
    recurrent = weights.recurrent.transposed()
    bias = weights.bias
  }
}

extension RecurrentLayer {
  /// The layer's directions as Keras has them; nil if Keras has no such layer.
  fileprivate var kerasCells: [KerasCellArrays]? {
    let cells: [any BuiltInCell]
    let description = SequenceModel.description(of: self)
    // Zoneout acts in use too, and Keras has none.
    guard description?.hasZoneout == false else { return nil }
    switch self {
    case let layer as LSTM where layer.learnedState == nil: cells = [layer.cell]
    case let layer as GRU where layer.learnedState == nil: cells = [layer.cell]
    case let layer as RNN where layer.learnedState == nil: cells = [layer.cell]
    case let layer as Bidirectional<LSTMCell> where layer.hasNoLearnedState:
      cells = [layer.forward.cell, layer.backward.cell]
    case let layer as Bidirectional<GRUCell> where layer.hasNoLearnedState:
      cells = [layer.forward.cell, layer.backward.cell]
    case let layer as Bidirectional<RNNCell> where layer.hasNoLearnedState:
      cells = [layer.forward.cell, layer.backward.cell]
    default: return nil
    }
    let arrays = cells.compactMap { KerasCellArrays($0) }
    return arrays.count == cells.count ? arrays : nil
  }
}

extension Bidirectional {
  fileprivate var hasNoLearnedState: Bool {
    forward.learnedState == nil && backward.learnedState == nil
  }
}
