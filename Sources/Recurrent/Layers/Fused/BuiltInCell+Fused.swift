import RecurrentKernels

// How each built-in cell runs in the fused engine. The gates are in the order of the blocks that
// the cell's file of kernels states.

/// A built-in cell that has kernels of its own.
protocol FusedBuiltInCell: BuiltInCell {
  /// What the engine has to know of the cell; nil for a variation without kernels.
  var fused: FusedCell? { get }
}

extension FusedBuiltInCell {
  /// Gates whose input weights are the rows of parameter 0, whose recurrent weights are those of
  /// parameter 1, if there are any, and whose biases are those of the parameter after.
  fileprivate func gates(_ count: Int, areRecurrent: Bool = true) -> [FusedCell.Gate] {
    (0..<count).map { gate in
      let row = gate * hiddenSize
      return FusedCell.Gate(
        input: FusedCell.Place(parameter: 0, offset: row * inputSize),
        recurrent: areRecurrent
          ? FusedCell.Place(parameter: 1, offset: row * outputSize) : nil,
        bias: FusedCell.Place(parameter: areRecurrent ? 2 : 1, offset: row)
      )
    }
  }

  /// A description of the cell with these gates, `blocks` to a panel.
  fileprivate func describe(
    _ kind: RecurrentCell,
    _ name: String,
    blocks: Int,
    _ gates: [FusedCell.Gate]
  ) -> FusedCell {
    FusedCell(
      kind: kind,
      name: name,
      inputSize: inputSize,
      outputSize: outputSize,
      layout: PanelLayout(gates: blocks, hiddenSize: hiddenSize),
      gates: gates,
      parameterCounts: parameters.map(\.value.count)
    )
  }
}

extension RNNCell: FusedBuiltInCell {
  var fused: FusedCell? {
    var cell = describe(RECURRENT_CELL_RNN, "RNN", blocks: 1, gates(1))
    cell.activation = activation.function
    return cell
  }
}

extension RNNCell.Activation {
  var function: RecurrentFunction { self == .relu ? RECURRENT_RELU : RECURRENT_TANH }
}

extension LSTMCell: FusedBuiltInCell {
  var fused: FusedCell? {
    let options = options
    if options.normalizesLayers { return nil }
    let kind =
      switch (options.isCoupled, options.isPeephole) {
      case (false, false): RECURRENT_CELL_LSTM
      case (false, true): RECURRENT_CELL_LSTM_PEEPHOLE
      case (true, false): RECURRENT_CELL_LSTM_COUPLED
      case (true, true): RECURRENT_CELL_LSTM_COUPLED_PEEPHOLE
      }
    var cell = describe(kind, "LSTM", blocks: weights.gates, gates(weights.gates))
    cell.stateCount = 1
    if let peephole {
      cell.unitParameters = (0..<peephole.shape[0]).map {
        FusedCell.Place(parameter: 3, offset: $0 * hiddenSize)
      }
    }
    if options.projectionSize != nil {
      cell.second = FusedCell.Place(parameter: options.isPeephole ? 4 : 3)
      cell.isProjected = true
    }
    return cell
  }
}

extension GRUCell: FusedBuiltInCell {
  var fused: FusedCell? {
    let (reset, update, candidate) = (0, 1, 2)
    func gate(_ number: Int) -> FusedCell.Gate { gates(3)[number] }
    var blocks = [gate(candidate), gate(reset), gate(update)]
    blocks[0].recurrent = nil
    if convention != .resetBefore {
      let inner = innerBias == nil ? nil : FusedCell.Place(parameter: 3)
      blocks.append(FusedCell.Gate(recurrent: gate(candidate).recurrent, bias: inner))
    }
    var cell = describe(
      convention == .resetBefore ? RECURRENT_CELL_GRU_RESET_BEFORE : RECURRENT_CELL_GRU,
      "GRU",
      blocks: 4,
      blocks
    )
    cell.carriesHidden = true
    if convention == .resetBefore { cell.second = gate(candidate).recurrent }
    return cell
  }
}

extension IndRNNCell: FusedBuiltInCell {
  var fused: FusedCell? {
    var cell = describe(
      RECURRENT_CELL_IND_RNN,
      "IndRNN",
      blocks: 1,
      [
        FusedCell.Gate(
          input: FusedCell.Place(parameter: 0),
          bias: FusedCell.Place(parameter: 2)
        )
      ]
    )
    cell.unitParameters = [FusedCell.Place(parameter: 1)]
    cell.carriesHidden = true
    cell.activation = activation.function
    return cell
  }
}

extension MinGRUCell: FusedBuiltInCell {
  var fused: FusedCell? {
    var cell = describe(RECURRENT_CELL_MIN_GRU, "minGRU", blocks: 2, gates(2, areRecurrent: false))
    cell.carriesHidden = true
    return cell
  }
}

extension MinLSTMCell: FusedBuiltInCell {
  var fused: FusedCell? {
    var cell = describe(
      RECURRENT_CELL_MIN_LSTM,
      "minLSTM",
      blocks: 3,
      gates(3, areRecurrent: false)
    )
    cell.carriesHidden = true
    return cell
  }
}

extension LEMCell: FusedBuiltInCell {
  var fused: FusedCell? {
    var blocks = gates(4)
    let second = blocks[3].recurrent
    blocks[3].recurrent = nil
    var cell = describe(RECURRENT_CELL_LEM, "LEM", blocks: 4, blocks)
    cell.second = second
    cell.stateCount = 1
    cell.carriesHidden = true
    cell.timeStep = timeStep
    return cell
  }
}

extension SLSTMCell: FusedBuiltInCell {
  var fused: FusedCell? {
    var cell = describe(RECURRENT_CELL_SLSTM, "sLSTM", blocks: 4, gates(4))
    cell.stateCount = 3
    cell.activation = forgetGate == .sigmoid ? RECURRENT_SIGMOID : RECURRENT_EXP
    return cell
  }
}
