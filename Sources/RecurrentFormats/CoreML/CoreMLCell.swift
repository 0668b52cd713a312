import Recurrent

/// A cell whose equations can be written in Core ML's elementary operations.
protocol CoreMLCell: BuiltInCell {
  /// Writes one step: from the input `[batch, features]` and the parts of the state before it to those
  /// after it, of which the first is the output.
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue]

  /// How Core ML runs such a cell over a whole sequence, if it can.
  var sequenceForm: SequenceForm { get }
}

extension RecurrentWeights {
  /// Writes W x + U h + b.
  fileprivate func writeSums(
    _ x: ProgramValue,
    _ h: ProgramValue,
    to program: inout ProgramBuilder
  ) -> ProgramValue {
    let ofInput = program.linear(x, input, bias)
    return program.add(ofInput, program.linear(h, recurrent))
  }
}

extension RNNCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let sums = weights.writeSums(x, states[0], to: &program)
    return [program.unary(activation.rawValue, sums)]
  }
}

extension IndRNNCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let ofInput = program.linear(x, input, bias)
    let ofState = program.multiply(program.constant(recurrent), states[0])
    return [program.unary(activation.rawValue, program.add(ofInput, ofState))]
  }
}

extension LSTMCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let (hidden, cell) = (states[0], states[1])
    var gates = program.split(writeSums(x, hidden, to: &program), into: weights.gates)
    let peepholes = peephole.map { $0.split(into: $0.shape[0], along: 0) } ?? []
    for (gate, weight) in peepholes.dropLast().enumerated() {
      let weight = program.constant(weight.reshaped(to: [hiddenSize]))
      gates[gate] = program.add(gates[gate], program.multiply(weight, cell))
    }
    let f = program.unary("sigmoid", gates[isCoupled ? 0 : 1])
    let i = isCoupled ? program.complement(f) : program.unary("sigmoid", gates[0])
    let g = program.unary("tanh", gates[weights.gates - 2])
    let kept = program.multiply(f, cell)
    let c = program.add(kept, program.multiply(i, g))
    var o = gates[weights.gates - 1]
    if let weight = peepholes.last {
      let weight = program.constant(weight.reshaped(to: [hiddenSize]))
      o = program.add(o, program.multiply(weight, c))
    }
    let shown =
      normalization.map { program.normalize(c, gain: $0.cell, bias: $0.cellBias) } ?? c
    let gate = program.unary("sigmoid", o)
    let h = program.multiply(gate, program.unary("tanh", shown))
    return [projection.map { program.linear(h, $0) } ?? h, c]
  }

  private func writeSums(
    _ x: ProgramValue,
    _ h: ProgramValue,
    to program: inout ProgramBuilder
  ) -> ProgramValue {
    guard let normalization else { return weights.writeSums(x, h, to: &program) }
    let ofInput = program.normalize(
      program.linear(x, weights.input),
      gain: normalization.input,
      bias: weights.bias
    )
    let ofHidden = program.normalize(
      program.linear(h, weights.recurrent),
      gain: normalization.recurrent,
      bias: .zeros(weights.bias.shape)
    )
    return program.add(ofInput, ofHidden)
  }
}

extension GRUCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let (h, size) = (states[0], hiddenSize)
    let ofInput = program.split(program.linear(x, weights.input, weights.bias), into: 3)
    let gateRows = weights.recurrent.slice(0..<2 * size, along: 0)
    let ofHidden = program.split(program.linear(h, gateRows), into: 2)
    let candidateRows = weights.recurrent.slice(2 * size..<3 * size, along: 0)
    let r = program.unary("sigmoid", program.add(ofInput[0], ofHidden[0]))
    let z = program.unary("sigmoid", program.add(ofInput[1], ofHidden[1]))
    let recurrent: ProgramValue
    switch convention {
    case .resetAfter, .resetAfterOuterBias:
      recurrent = program.multiply(r, program.linear(h, candidateRows, innerBias))
    case .resetBefore:
      recurrent = program.linear(program.multiply(r, h), candidateRows)
    }
    let n = program.unary("tanh", program.add(ofInput[2], recurrent))
    return [program.mix(z, h, n)]
  }
}

extension MinGRUCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let sums = program.split(program.linear(x, input, bias), into: 2)
    let z = program.unary("sigmoid", sums[0])
    return [program.mix(z, sums[1], states[0])]
  }
}

extension MinLSTMCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let sums = program.split(program.linear(x, input, bias), into: 3)
    let forget = program.logSigmoid(sums[0])
    let ratio = program.binary("sub", forget, program.logSigmoid(sums[1]))
    let kept = program.multiply(program.unary("sigmoid", ratio), states[0])
    let share = program.unary("sigmoid", program.multiply(ratio, by: -1))
    return [program.add(kept, program.multiply(share, sums[2]))]
  }
}

extension LEMCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let (y, z, size) = (states[0], states[1], hiddenSize)
    let ofInput = program.split(program.linear(x, weights.input, weights.bias), into: 4)
    let rowsOfHidden = weights.recurrent.slice(0..<3 * size, along: 0)
    let ofHidden = program.split(program.linear(y, rowsOfHidden), into: 3)
    func pace(_ gate: Int) -> ProgramValue {
      let share = program.unary("sigmoid", program.add(ofInput[gate], ofHidden[gate]))
      return program.multiply(share, by: timeStep)
    }
    let (memoryPace, hiddenPace) = (pace(0), pace(1))
    let ofMemory = program.unary("tanh", program.add(ofInput[2], ofHidden[2]))
    let memory = program.mix(memoryPace, ofMemory, z)
    let rowsOfMemory = weights.recurrent.slice(3 * size..<4 * size, along: 0)
    let sums = program.add(ofInput[3], program.linear(memory, rowsOfMemory))
    return [program.mix(hiddenPace, program.unary("tanh", sums), y), memory]
  }
}

extension SLSTMCell: CoreMLCell {
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> [ProgramValue] {
    let (h, c, n, m) = (states[0], states[1], states[2], states[3])
    let gates = program.split(weights.writeSums(x, h, to: &program), into: 4)
    let forget = forgetGate == .sigmoid ? program.logSigmoid(gates[1]) : gates[1]
    let decay = program.add(forget, m)
    let isAtStart = program.binary("equal", n, program.constant(Tensor(0), "number"))
    let larger = program.binary("maximum", decay, gates[0])
    let stabilizer = program.select(isAtStart, gates[0], larger)
    let i = program.unary("exp", program.binary("sub", gates[0], stabilizer))
    let share = program.unary("exp", program.binary("sub", decay, stabilizer))
    // At the start n is 0 itself, which is what is to be kept of what came before.
    let f = program.select(isAtStart, n, share)
    let kept = program.multiply(f, c)
    let cell = program.add(kept, program.multiply(i, program.unary("tanh", gates[2])))
    let normalizer = program.add(program.multiply(f, n), i)
    let shown = program.multiply(program.unary("sigmoid", gates[3]), cell)
    return [program.binary("real_div", shown, normalizer), cell, normalizer, stabilizer]
  }
}
