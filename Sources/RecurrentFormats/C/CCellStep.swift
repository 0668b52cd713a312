import Recurrent

/// One step of a layer as statements of C.
///
/// `input` is what the layer reads, `sums` the room for a step. Sums begin with the biases; the parts of
/// the state are changed in place once nothing reads them any more.
struct CCellStep {
  let direction: LayerParts.Direction
  let index: Int

  private var size: Int { direction.cell.hiddenSize }

  /// The name of a part of the state in the struct.
  func field(_ part: Int) -> String { "layer\(index)_\(direction.stateNames[part])" }

  private func state(_ part: Int) -> String { "state->\(field(part))" }

  private var hidden: String { state(0) }

  /// A sum of the unit of the loop.
  private func sum(_ gate: Int) -> String {
    gate == 0 ? "sums[unit]" : "sums[\(gate * size) + unit]"
  }

  private func name(_ name: String) -> String { "layer\(index)_\(name)" }

  /// The statements of a step.
  func statements(_ program: inout CProgram) -> [String] {
    switch direction.cell {
    case let cell as RNNCell: rnn(cell, &program)
    case let cell as IndRNNCell: independentRNN(cell, &program)
    case let cell as LSTMCell: lstm(cell, &program)
    case let cell as GRUCell: gru(cell, &program)
    case let cell as MinGRUCell: minimalGRU(cell, &program)
    case let cell as MinLSTMCell: minimalLSTM(cell, &program)
    case let cell as LEMCell: longExpressiveMemory(cell, &program)
    case let cell as SLSTMCell: exponentialLSTM(cell, &program)
    default: []
    }
  }

  // MARK: - Parts of statements

  /// A loop over the units.
  private func forEachUnit(of count: Int? = nil, _ body: [String]) -> [String] {
    ["for (unit = 0; unit < \(count ?? size); unit++) {"] + body.map { "    \($0)" } + ["}"]
  }

  /// The sums of the biases and of what the input gives.
  private func inputSums(
    _ matrix: Tensor,
    _ bias: Tensor,
    _ program: inout CProgram
  ) -> [String] {
    let biases = program.constant(bias.elements, name("bias"))
    return [
      "memcpy(sums, \(biases), sizeof \(biases));",
      program.product(matrix, name("input"), of: "input", to: "sums"),
    ]
  }

  /// Sets `sums` to zeros.
  private func clear(_ sums: String, _ count: Int) -> String {
    "memset(\(sums), 0, \(count) * sizeof(float));"
  }

  /// Sets a part of the state of the unit; in use, the share of zoneout stays as it was.
  private func keep(_ part: Int, _ value: String) -> [String] {
    let rates = direction.regularization
    let share = part == 0 ? rates.hiddenZoneout : part == 1 ? rates.cellZoneout : 0
    let place = "\(state(part))[unit]"
    guard share > 0 else { return ["\(place) = \(value);"] }
    return [
      "const float new\(part) = \(value);",
      "\(place) = new\(part) + \(CText.number(share)) * (\(place) - new\(part));",
    ]
  }

  private func sigmoid(_ x: String, _ program: inout CProgram) -> String {
    program.calls += size
    return "\(program.call(.sigmoid))(\(x))"
  }

  private func tanh(_ x: String, _ program: inout CProgram) -> String {
    program.calls += size
    return "tanhf(\(x))"
  }

  private func logSigmoid(_ x: String, _ program: inout CProgram) -> String {
    program.calls += 2 * size
    return "\(program.call(.logSigmoid))(\(x))"
  }

  private func normalize(
    _ values: String,
    _ gain: Tensor,
    _ gainName: String,
    _ program: inout CProgram
  ) -> String {
    program.calls += 1
    let gains = program.constant(gain.elements, name(gainName))
    return "\(program.call(.normalize))(\(values), \(gain.count), \(gains));"
  }

  /// What the sum goes through, as the new hidden state of the unit.
  private func activated(
    _ x: String,
    _ activation: RNNCell.Activation,
    _ program: inout CProgram
  ) -> [String] {
    switch activation {
    case .tanh: keep(0, tanh(x, &program))
    case .relu: ["const float x = \(x);"] + keep(0, "x < 0.0f ? 0.0f : x")
    }
  }

  // MARK: - Cells

  private func rnn(_ cell: RNNCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(size)
    return inputSums(cell.weights.input, cell.weights.bias, &program)
      + [program.product(cell.weights.recurrent, name("recurrent"), of: hidden, to: "sums")]
      + forEachUnit(activated("sums[unit]", cell.activation, &program))
  }

  private func independentRNN(_ cell: IndRNNCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(size)
    let lines = inputSums(cell.input, cell.bias, &program)
    let recurrent = program.constant(cell.recurrent.elements, name("recurrent"))
    let sum = "sums[unit] + \(recurrent)[unit] * \(hidden)[unit]"
    return lines + forEachUnit(activated(sum, cell.activation, &program))
  }

  private func lstm(_ cell: LSTMCell, _ program: inout CProgram) -> [String] {
    let (gates, isNormalized) = (cell.weights.gates, cell.normalization != nil)
    var lines = lstmSums(cell, &program)
    var peepholes: [String] = []
    if let peephole = cell.peephole {
      let weights = program.constant(peephole.elements, name("peephole"))
      peepholes = (0..<gates - 1).map { "\(weights)[\($0 == 0 ? "" : "\($0 * size) + ")unit]" }
    }
    /// The sum of a gate with what it sees of a cell state.
    func seen(_ gate: Int, _ hole: Int, _ cell: String) -> String {
      sum(gate) + (peepholes.isEmpty ? "" : " + \(peepholes[hole]) * \(cell)")
    }
    var body = ["const float old = \(state(1))[unit];"]
    if cell.isCoupled {
      body += [
        "const float f = \(sigmoid(seen(0, 0, "old"), &program));", "const float i = 1.0f - f;",
      ]
    } else {
      body += [
        "const float i = \(sigmoid(seen(0, 0, "old"), &program));",
        "const float f = \(sigmoid(seen(1, 1, "old"), &program));",
      ]
    }
    body += [
      "const float g = \(tanh(sum(gates - 2), &program));",
      "const float c = f * old + i * g;",
      "const float o = \(sigmoid(seen(gates - 1, gates - 2, "c"), &program));",
    ]
    body += keep(1, "c")
    let isProjected = cell.projection != nil
    if let normalization = cell.normalization {
      lines += forEachUnit(body + ["sums[unit] = o;", "second[unit] = c;"])
      lines.append(normalize("second", normalization.cell, "norm_cell", &program))
      let bias = program.constant(normalization.cellBias.elements, name("norm_cell_bias"))
      let value = "sums[unit] * \(tanh("second[unit] + \(bias)[unit]", &program))"
      lines += forEachUnit(isProjected ? ["sums[unit] = \(value);"] : keep(0, value))
    } else {
      let value = "o * \(tanh("c", &program))"
      lines += forEachUnit(body + (isProjected ? ["sums[unit] = \(value);"] : keep(0, value)))
    }
    if let projection = cell.projection {
      let count = projection.shape[0]
      lines.append(clear("second", count))
      lines.append(program.product(projection, name("projection"), of: "sums", to: "second"))
      lines += forEachUnit(of: count, keep(0, "second[unit]"))
    }
    guard isNormalized || isProjected else { return lines }
    return ["float *const second = sums + \(gates * size);"] + lines
  }

  private func lstmSums(_ cell: LSTMCell, _ program: inout CProgram) -> [String] {
    let (weights, count) = (cell.weights, cell.weights.bias.count)
    guard let normalization = cell.normalization else {
      program.needsScratch(count + (cell.projection?.shape[0] ?? 0))
      return inputSums(weights.input, weights.bias, &program)
        + [program.product(weights.recurrent, name("recurrent"), of: hidden, to: "sums")]
    }
    program.needsScratch(2 * count)
    let lines = [
      clear("sums", count),
      program.product(weights.input, name("input"), of: "input", to: "sums"),
      normalize("sums", normalization.input, "norm_input", &program),
      clear("second", count),
      program.product(weights.recurrent, name("recurrent"), of: hidden, to: "second"),
      normalize("second", normalization.recurrent, "norm_recurrent", &program),
    ]
    let bias = program.constant(weights.bias.elements, name("bias"))
    return lines + forEachUnit(of: count, ["sums[unit] += second[unit] + \(bias)[unit];"])
  }

  private func gru(_ cell: GRUCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(4 * size)
    let recurrent = cell.weights.recurrent
    let gates = recurrent.slice(0..<2 * size, along: 0)
    let candidate = recurrent.slice(2 * size..<3 * size, along: 0)
    var lines = ["float *const second = sums + \(3 * size);"]
    lines += inputSums(cell.weights.input, cell.weights.bias, &program)
    lines.append(program.product(gates, name("recurrent_gates"), of: hidden, to: "sums"))
    let sum: String
    if cell.convention == .resetBefore {
      let reset = "second[unit] = \(sigmoid("sums[unit]", &program)) * \(hidden)[unit];"
      lines += forEachUnit([reset])
      let sums = "sums + \(2 * size)"
      lines.append(
        program.product(candidate, name("recurrent_candidate"), of: "second", to: sums)
      )
      sum = self.sum(2)
    } else {
      if let bias = cell.innerBias {
        let biases = program.constant(bias.elements, name("inner_bias"))
        lines.append("memcpy(second, \(biases), sizeof \(biases));")
      } else {
        lines.append(clear("second", size))
      }
      lines.append(
        program.product(candidate, name("recurrent_candidate"), of: hidden, to: "second")
      )
      sum = "\(self.sum(2)) + \(sigmoid("sums[unit]", &program)) * second[unit]"
    }
    return lines
      + forEachUnit(
        [
          "const float z = \(sigmoid(self.sum(1), &program));",
          "const float n = \(tanh(sum, &program));",
        ] + keep(0, "(1.0f - z) * n + z * \(hidden)[unit]")
      )
  }

  private func minimalGRU(_ cell: MinGRUCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(2 * size)
    return inputSums(cell.input, cell.bias, &program)
      + forEachUnit(
        ["const float z = \(sigmoid("sums[unit]", &program));"]
          + keep(0, "(1.0f - z) * \(hidden)[unit] + z * \(sum(1))")
      )
  }

  private func minimalLSTM(_ cell: MinLSTMCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(3 * size)
    // As the layer has it: where both gates are as good as shut, the share is 0.
    let least = CText.number(.leastNormalMagnitude)
    return inputSums(cell.input, cell.bias, &program)
      + forEachUnit(
        [
          "const float f = \(sigmoid("sums[unit]", &program));",
          "const float sum = f + \(sigmoid(sum(1), &program));",
          "const float share = f / (sum > \(least) ? sum : \(least));",
        ] + keep(0, "share * \(hidden)[unit] + (1.0f - share) * \(sum(2))")
      )
  }

  private func longExpressiveMemory(_ cell: LEMCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(4 * size)
    let recurrent = cell.weights.recurrent
    let ofHidden = recurrent.slice(0..<3 * size, along: 0)
    let ofMemory = recurrent.slice(3 * size..<4 * size, along: 0)
    let step = CText.number(cell.timeStep)
    var lines = inputSums(cell.weights.input, cell.weights.bias, &program)
    lines.append(program.product(ofHidden, name("recurrent_hidden"), of: hidden, to: "sums"))
    lines += forEachUnit(
      ["const float pace = \(step) * \(sigmoid("sums[unit]", &program));"]
        + keep(
          1,
          "(1.0f - pace) * \(state(1))[unit] + pace * \(tanh(sum(2), &program))"
        )
    )
    let sums = "sums + \(3 * size)"
    lines.append(program.product(ofMemory, name("recurrent_memory"), of: state(1), to: sums))
    return lines
      + forEachUnit(
        ["const float pace = \(step) * \(sigmoid(sum(1), &program));"]
          + keep(0, "(1.0f - pace) * \(hidden)[unit] + pace * \(tanh(sum(3), &program))")
      )
  }

  private func exponentialLSTM(_ cell: SLSTMCell, _ program: inout CProgram) -> [String] {
    program.needsScratch(4 * size)
    let forget = cell.forgetGate == .sigmoid ? logSigmoid(sum(1), &program) : sum(1)
    program.calls += 2 * size
    let lines =
      inputSums(cell.weights.input, cell.weights.bias, &program)
      + [program.product(cell.weights.recurrent, name("recurrent"), of: hidden, to: "sums")]
    return lines
      + forEachUnit(
        [
          "const float decay = \(forget) + \(state(3))[unit];",
          // A unit whose normaliser is 0 stands at its start: what came before counts for nothing.
          "const int is_start = \(state(2))[unit] == 0.0f;",
          "const float m = is_start || decay < sums[unit] ? sums[unit] : decay;",
          "const float i = expf(sums[unit] - m);",
          "const float f = is_start ? 0.0f : expf(decay - m);",
          "const float c = f * \(state(1))[unit] + i * \(tanh(sum(2), &program));",
          "const float n = f * \(state(2))[unit] + i;",
          "\(state(1))[unit] = c;",
          "\(state(2))[unit] = n;",
          "\(state(3))[unit] = m;",
        ] + keep(0, "\(sigmoid(sum(3), &program)) * c / n")
      )
  }
}
