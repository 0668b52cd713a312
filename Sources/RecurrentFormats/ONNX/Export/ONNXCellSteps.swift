import Recurrent

/// A cell's equations in elementary operations of ONNX.
///
/// What depends on the input alone is computed for all steps at once, the rest step by step.
struct ONNXCellSteps {
  let direction: LayerParts.Direction
  /// The cell's parameters by their own names.
  private let parameters: [String: Tensor]

  init(_ direction: LayerParts.Direction) {
    self.direction = direction
    parameters = Dictionary(
      uniqueKeysWithValues: direction.cell.parameters.map { ($0.name, $0.value) }
    )
  }

  private var size: Int { direction.cell.hiddenSize }

  /// The stored array of a parameter.
  private func stored(_ name: String, _ builder: inout ONNXGraphBuilder) -> String {
    let value = parameters[name] ?? .zeros([0])
    return builder.array(value, named: direction.parameterNames[name] ?? name)
  }

  /// Part of the rows of a stored matrix or vector, transposed if it is a matrix.
  private func rows(
    _ range: Range<Int>,
    of name: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let matrix = builder.transpose(of: stored(name, &builder))
    let (start, end) = (builder.integers([range.lowerBound]), builder.integers([range.upperBound]))
    return builder.add("Slice", matrix, start, end, builder.integers([1]))
  }

  // MARK: - The input's part

  /// The input's part of the sums, `[..., gates * hidden]`, of inputs `[..., features]`.
  func inputSums(_ x: String, _ builder: inout ONNXGraphBuilder) -> String {
    let sums = builder.product(x, stored("weight_ih", &builder))
    if (direction.cell as? LSTMCell)?.normalization != nil {
      return normalized(sums, "norm_ih", &builder)
    }
    return builder.add("Add", sums, stored("bias_ih", &builder))
  }

  private func normalized(
    _ x: String,
    _ gain: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    builder.add(
      "LayerNormalization",
      x,
      stored(gain, &builder),
      attributes: [
        "axis": .integer(-1), "epsilon": .float(LSTMCell.Normalization.epsilon),
      ]
    )
  }

  // MARK: - A step

  /// The states after a step, the output first, of the input's sums and the states before.
  func step(
    _ sums: String,
    _ states: [String],
    _ builder: inout ONNXGraphBuilder
  ) -> [String] {
    let after =
      switch direction.cell {
      case let cell as RNNCell: [rnn(cell, sums, states[0], &builder)]
      case let cell as LSTMCell: lstm(cell, sums, states, &builder)
      case let cell as GRUCell: [gru(cell, sums, states[0], &builder)]
      case let cell as IndRNNCell: [independentRNN(cell, sums, states[0], &builder)]
      case is MinGRUCell: [minimalGRU(sums, states[0], &builder)]
      case is MinLSTMCell: [minimalLSTM(sums, states[0], &builder)]
      case let cell as LEMCell: longExpressiveMemory(cell, sums, states, &builder)
      case let cell as SLSTMCell: exponentialLSTM(cell, sums, states, &builder)
      default: states
      }
    return keeping(after, states, &builder)
  }

  /// Zoneout: in use, the expected share of a state stays as it was.
  private func keeping(
    _ after: [String],
    _ before: [String],
    _ builder: inout ONNXGraphBuilder
  ) -> [String] {
    let shares = [direction.regularization.hiddenZoneout, direction.regularization.cellZoneout]
    var states = after
    for (part, share) in shares.enumerated() where share > 0 {
      let old = builder.add("Mul", builder.number(share), before[part])
      let new = builder.add("Mul", builder.number(1 - share), after[part])
      states[part] = builder.add("Add", old, new)
    }
    return states
  }

  private func activated(
    _ x: String,
    _ activation: RNNCell.Activation,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    builder.add(activation == .tanh ? "Tanh" : "Relu", x)
  }

  private func rnn(
    _ cell: RNNCell,
    _ sums: String,
    _ h: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let recurrent = builder.product(h, stored("weight_hh", &builder))
    return activated(builder.add("Add", sums, recurrent), cell.activation, &builder)
  }

  private func independentRNN(
    _ cell: IndRNNCell,
    _ sums: String,
    _ h: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let recurrent = builder.add("Mul", stored("weight_hh", &builder), h)
    return activated(builder.add("Add", sums, recurrent), cell.activation, &builder)
  }

  private func lstm(
    _ cell: LSTMCell,
    _ sums: String,
    _ states: [String],
    _ builder: inout ONNXGraphBuilder
  ) -> [String] {
    var recurrent = builder.product(states[0], stored("weight_hh", &builder))
    if cell.normalization != nil {
      recurrent = normalized(recurrent, "norm_hh", &builder)
      recurrent = builder.add("Add", recurrent, stored("bias_ih", &builder))
    }
    var gates = builder.parts(
      builder.add("Add", sums, recurrent),
      cell.weights.gates,
      size: size
    )
    var peepholes: [String] = []
    if cell.peephole != nil {
      let all = stored("weight_peephole", &builder)
      peepholes = (0..<cell.weights.gates - 1).map { gate in
        builder.add("Gather", all, builder.integer(gate), attributes: ["axis": .integer(0)])
      }
      for (gate, weight) in peepholes.dropLast().enumerated() {
        gates[gate] = builder.add("Add", gates[gate], builder.add("Mul", weight, states[1]))
      }
    }
    let f = builder.add("Sigmoid", gates[cell.isCoupled ? 0 : 1])
    let i =
      cell.isCoupled
      ? builder.add("Sub", builder.number(1), f) : builder.add("Sigmoid", gates[0])
    let g = builder.add("Tanh", gates[cell.weights.gates - 2])
    let c = builder.add("Add", builder.add("Mul", f, states[1]), builder.add("Mul", i, g))
    var o = gates[cell.weights.gates - 1]
    if let weight = peepholes.last { o = builder.add("Add", o, builder.add("Mul", weight, c)) }
    var shown = c
    if cell.normalization != nil {
      shown = normalized(c, "norm_cell", &builder)
      shown = builder.add("Add", shown, stored("norm_cell_bias", &builder))
    }
    var h = builder.add("Mul", builder.add("Sigmoid", o), builder.add("Tanh", shown))
    if cell.projection != nil { h = builder.product(h, stored("weight_hr", &builder)) }
    return [h, c]
  }

  private func gru(
    _ cell: GRUCell,
    _ sums: String,
    _ h: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let input = builder.parts(sums, 3, size: size)
    var recurrent: [String]
    if cell.convention == .resetBefore {
      let gates = builder.add("MatMul", h, rows(0..<2 * size, of: "weight_hh", &builder))
      recurrent = builder.parts(gates, 2, size: size)
    } else {
      let all = builder.product(h, stored("weight_hh", &builder))
      recurrent = builder.parts(all, 3, size: size)
    }
    let r = builder.add("Sigmoid", builder.add("Add", input[0], recurrent[0]))
    let inner: String
    if cell.convention == .resetBefore {
      let reset = builder.add("Mul", r, h)
      inner = builder.add("MatMul", reset, rows(2 * size..<3 * size, of: "weight_hh", &builder))
    } else {
      if cell.innerBias != nil {
        recurrent[2] = builder.add("Add", recurrent[2], stored("bias_hn", &builder))
      }
      inner = builder.add("Mul", r, recurrent[2])
    }
    let n = builder.add("Tanh", builder.add("Add", input[2], inner))
    let z = builder.add("Sigmoid", builder.add("Add", input[1], recurrent[1]))
    return mixed(n, h, keeping: z, &builder)
  }

  /// (1 - z) n + z h.
  private func mixed(
    _ n: String,
    _ h: String,
    keeping z: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let new = builder.add("Mul", builder.add("Sub", builder.number(1), z), n)
    return builder.add("Add", new, builder.add("Mul", z, h))
  }

  private func minimalGRU(
    _ sums: String,
    _ h: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let gates = builder.parts(sums, 2, size: size)
    return mixed(h, gates[1], keeping: builder.add("Sigmoid", gates[0]), &builder)
  }

  /// log σ(x), which does not overflow.
  private func logSigmoid(_ x: String, _ builder: inout ONNXGraphBuilder) -> String {
    builder.add("Neg", builder.add("Softplus", builder.add("Neg", x)))
  }

  private func minimalLSTM(
    _ sums: String,
    _ h: String,
    _ builder: inout ONNXGraphBuilder
  ) -> String {
    let gates = builder.parts(sums, 3, size: size)
    let ratio = builder.add("Sub", logSigmoid(gates[0], &builder), logSigmoid(gates[1], &builder))
    let old = builder.add("Mul", builder.add("Sigmoid", ratio), h)
    let new = builder.add("Mul", builder.add("Sigmoid", builder.add("Neg", ratio)), gates[2])
    return builder.add("Add", old, new)
  }

  private func longExpressiveMemory(
    _ cell: LEMCell,
    _ sums: String,
    _ states: [String],
    _ builder: inout ONNXGraphBuilder
  ) -> [String] {
    let input = builder.parts(sums, 4, size: size)
    let products = builder.add("MatMul", states[0], rows(0..<3 * size, of: "weight_hh", &builder))
    let recurrent = builder.parts(products, 3, size: size)
    let step = builder.number(cell.timeStep)
    func pace(_ gate: Int, _ builder: inout ONNXGraphBuilder) -> String {
      let open = builder.add("Sigmoid", builder.add("Add", input[gate], recurrent[gate]))
      return builder.add("Mul", open, step)
    }
    let (memoryPace, hiddenPace) = (pace(0, &builder), pace(1, &builder))
    let memory = builder.add("Tanh", builder.add("Add", input[2], recurrent[2]))
    let z = mixed(states[1], memory, keeping: memoryPace, &builder)
    let ofMemory = builder.add("MatMul", z, rows(3 * size..<4 * size, of: "weight_hh", &builder))
    let candidate = builder.add("Tanh", builder.add("Add", input[3], ofMemory))
    return [mixed(states[0], candidate, keeping: hiddenPace, &builder), z]
  }

  private func exponentialLSTM(
    _ cell: SLSTMCell,
    _ sums: String,
    _ states: [String],
    _ builder: inout ONNXGraphBuilder
  ) -> [String] {
    let (cellState, normalizer, stabilizer) = (states[1], states[2], states[3])
    let recurrent = builder.product(states[0], stored("weight_hh", &builder))
    let gates = builder.parts(builder.add("Add", sums, recurrent), 4, size: size)
    let forget = cell.forgetGate == .sigmoid ? logSigmoid(gates[1], &builder) : gates[1]
    let decay = builder.add("Add", forget, stabilizer)
    let isNew = builder.add("Equal", normalizer, builder.number(0))
    let largest = builder.add("Max", decay, gates[0])
    let m = builder.add("Where", isNew, gates[0], largest)
    let i = builder.add("Exp", builder.add("Sub", gates[0], m))
    // A unit at its start has nothing to decay: what came before counts for nothing.
    let kept = builder.add("Exp", builder.add("Sub", decay, m))
    let f = builder.add("Where", isNew, builder.number(0), kept)
    let g = builder.add("Mul", i, builder.add("Tanh", gates[2]))
    let c = builder.add("Add", builder.add("Mul", f, cellState), g)
    let n = builder.add("Add", builder.add("Mul", f, normalizer), i)
    let shown = builder.add("Mul", builder.add("Sigmoid", gates[3]), c)
    return [builder.add("Div", shown, n), c, n, m]
  }
}
