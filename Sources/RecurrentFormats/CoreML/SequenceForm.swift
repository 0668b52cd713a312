import Recurrent

/// How Core ML runs a cell over a whole sequence.
enum SequenceForm {
  /// By an operation of its own, perhaps with other weights, which then is told.
  case operation(SequenceOperation, FormatSupport)
  /// Not by itself, for a reason: the steps are written in a loop.
  case loop(String)
}

/// One of Core ML's operations that read `[time, batch, features]`, with its gates in its own order.
struct SequenceOperation {
  /// "rnn", "lstm" or "gru".
  var type: String
  /// `[gates * hidden, features]`.
  var input: Tensor
  /// `[gates * hidden, hidden]`.
  var recurrent: Tensor
  /// `[gates * hidden]`.
  var bias: Tensor
  /// Those of the input, forget and output gate of an LSTM, `[3 * hidden]`.
  var peephole: Tensor?
  /// The activation of an RNN.
  var activation = "tanh"
  /// What the outputs are multiplied by afterwards, `[projection, hidden]`.
  var projection: Tensor?

  /// Writes the operation; returns every step's output, `[time, batch, units]`, and the last one.
  func write(
    _ x: ProgramValue,
    initial states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> (outputs: ProgramValue, final: ProgramValue) {
    let units = recurrent.shape[1]
    let outputs: [Int?] = [x.shape[0], x.shape[1], units]
    let state = (shape: [x.shape[1], units] as [Int?], type: CoreMLDataType.float32)
    let (weights, recurrentWeights) = (program.constant(input), program.constant(recurrent))
    let (bias, direction) = (program.constant(bias, "bias"), program.constant("forward"))
    let (all, sigmoid) = (program.constant([true], isScalar: true), program.constant("sigmoid"))
    let activation = program.constant(activation)
    var inputs = [
      "x": [x], "initial_h": [states[0]], "weight_ih": [weights], "weight_hh": [recurrentWeights],
      "bias": [bias], "direction": [direction], "output_sequence": [all],
      "activation": [activation],
    ]
    if type != "rnn" { inputs["recurrent_activation"] = [sigmoid] }
    if type == "lstm" {
      inputs["initial_c"] = [states[1]]
      inputs["cell_activation"] = [activation]
      if let peephole { inputs["peephole"] = [program.constant(peephole, "peephole")] }
    }
    let results = program.append(
      type,
      inputs,
      outputs: [(outputs, .float32), state] + (type == "lstm" ? [state] : [])
    )
    guard let projection else { return (results[0], results[1]) }
    return (program.linear(results[0], projection), program.linear(results[1], projection))
  }
}

extension CoreMLCell {
  var sequenceForm: SequenceForm {
    .loop("Core ML has no such layer")
  }
}

extension RNNCell {
  var sequenceForm: SequenceForm {
    let operation = SequenceOperation(
      type: "rnn",
      input: weights.input,
      recurrent: weights.recurrent,
      bias: weights.bias,
      activation: activation.rawValue
    )
    return .operation(operation, .exact)
  }
}

extension LSTMCell {
  var sequenceForm: SequenceForm {
    guard normalization == nil else {
      return .loop("Core ML's LSTM does not normalise its sums")
    }
    /// From i, f, g, o, or f, g, o of a coupled cell, to i, f, o, g: where i is 1 - σ(f) it is σ(-f).
    func ordered(_ rows: Tensor) -> Tensor {
      let gates = rows.split(into: weights.gates, along: 0)
      let first = isCoupled ? gates[0] * -1 : gates[0]
      let rest = isCoupled ? gates : Array(gates.dropFirst())
      return .concatenated([first, rest[0], rest[2], rest[1]], along: 0)
    }
    let holes = peephole.map { peephole -> Tensor in
      let gates = peephole.split(into: peephole.shape[0], along: 0)
      let all = isCoupled ? [gates[0] * -1] + gates : gates
      return Tensor.concatenated(all, along: 0).reshaped(to: [3 * hiddenSize])
    }
    let recurrent = ordered(weights.recurrent)
    let operation = SequenceOperation(
      type: "lstm",
      input: ordered(weights.input),
      recurrent: projection.map { matmul(recurrent, $0) } ?? recurrent,
      bias: ordered(weights.bias),
      peephole: holes,
      projection: projection
    )
    switch (isCoupled, projection != nil) {
    case (false, false): return .operation(operation, .exact)
    case (true, false):
      return .operation(
        operation,
        .decomposed("the input gate has the forget gate's weights with the other sign")
      )
    case (false, true):
      return .operation(
        operation,
        .decomposed("the recurrent weights are multiplied by the projection, which follows")
      )
    case (true, true):
      return .operation(
        operation,
        .decomposed(
          """
          the input gate has the forget gate's weights with the other sign, and the recurrent weights \
          are multiplied by the projection, which follows
          """
        )
      )
    }
  }
}

extension GRUCell {
  var sequenceForm: SequenceForm {
    let converted: GRUCell
    do {
      converted = try self.converted(to: .resetAfterOuterBias)
    } catch {
      return .loop("\(error)")
    }
    /// From r, z, n to r, n, z.
    func ordered(_ rows: Tensor) -> Tensor {
      let gates = rows.split(into: 3, along: 0)
      return .concatenated([gates[0], gates[2], gates[1]], along: 0)
    }
    let operation = SequenceOperation(
      type: "gru",
      input: ordered(converted.weights.input),
      recurrent: ordered(converted.weights.recurrent),
      bias: ordered(converted.weights.bias)
    )
    return .operation(operation, .exact)
  }
}
