import RecurrentKernels

// How each built-in cell runs in the fused engine. The gates are in the order of the blocks that
// the cell's file of kernels states.

/// A built-in cell that has kernels of its own.
protocol FusedBuiltInCell: BuiltInCell {
  /// What the engine has to know of the cell.
  var fused: FusedCell { get }
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
  var fused: FusedCell {
    var cell = describe(RECURRENT_CELL_RNN, "RNN", blocks: 1, gates(1))
    cell.activation = activation.function
    return cell
  }
}

extension RNNCell.Activation {
  var function: RecurrentFunction { self == .relu ? RECURRENT_RELU : RECURRENT_TANH }
}

extension LSTMCell: FusedBuiltInCell {
  var fused: FusedCell {
    let options = options
    var gates = gates(weights.gates)
    if options.normalizesLayers {
      // The bias comes after the gains, with which it is a parameter of single units.
      for gate in gates.indices { gates[gate].bias = nil }
    }
    var cell = describe(options.kernels, "LSTM", blocks: weights.gates, gates)
    cell.stateCount = 1
    let afterPeepholes = options.isPeephole ? 4 : 3
    let afterProjection = afterPeepholes + (options.projectionSize == nil ? 0 : 1)
    if options.normalizesLayers {
      cell.isNormalized = true
      cell.unitParameters =
        [2, afterProjection, afterProjection + 1].flatMap { units(of: $0, count: weights.gates) }
        + units(of: afterProjection + 2, count: 1) + units(of: afterProjection + 3, count: 1)
    }
    if options.isPeephole { cell.unitParameters += units(of: 3, count: weights.gates - 1) }
    if options.projectionSize != nil {
      cell.second = FusedCell.Place(parameter: afterPeepholes)
      cell.isProjected = true
    }
    return cell
  }

  /// The first `count` rows of hidden units of a parameter.
  private func units(of parameter: Int, count: Int) -> [FusedCell.Place] {
    (0..<count).map { FusedCell.Place(parameter: parameter, offset: $0 * hiddenSize) }
  }
}

extension LSTMCell.Options {
  /// The cell's kernels.
  fileprivate var kernels: RecurrentCell {
    switch (normalizesLayers, isCoupled, isPeephole) {
    case (false, false, false): RECURRENT_CELL_LSTM
    case (false, false, true): RECURRENT_CELL_LSTM_PEEPHOLE
    case (false, true, false): RECURRENT_CELL_LSTM_COUPLED
    case (false, true, true): RECURRENT_CELL_LSTM_COUPLED_PEEPHOLE
    case (true, false, false): RECURRENT_CELL_NORMALISED_LSTM
    case (true, false, true): RECURRENT_CELL_NORMALISED_LSTM_PEEPHOLE
    case (true, true, false): RECURRENT_CELL_NORMALISED_LSTM_COUPLED
    case (true, true, true): RECURRENT_CELL_NORMALISED_LSTM_COUPLED_PEEPHOLE
    }
  }
}

extension GRUCell: FusedBuiltInCell {
  var fused: FusedCell {
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
  var fused: FusedCell {
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
  var fused: FusedCell {
    var cell = describe(RECURRENT_CELL_MIN_GRU, "minGRU", blocks: 2, gates(2, areRecurrent: false))
    cell.carriesHidden = true
    return cell
  }
}

extension MinLSTMCell: FusedBuiltInCell {
  var fused: FusedCell {
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
  var fused: FusedCell {
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
  var fused: FusedCell {
    var cell = describe(RECURRENT_CELL_SLSTM, "sLSTM", blocks: 4, gates(4))
    cell.stateCount = 3
    cell.activation = forgetGate == .sigmoid ? RECURRENT_SIGMOID : RECURRENT_EXP
    return cell
  }
}
