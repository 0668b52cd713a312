import Recurrent

/// A layer that can be written as a part of a Core ML program.
protocol CoreMLLayer: RecurrentLayer {
  /// How well each form of a program holds the layer.
  func support(_ form: GraphForm) -> FormatSupport

  /// The parts of the state, with what they are called and what they begin with, `[1, units]`.
  var stateParts: [(name: String, initial: Tensor)] { get }

  /// Writes one step, as `CoreMLCell` does.
  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> (output: ProgramValue, states: [ProgramValue])

  /// Writes a whole sequence, from `[time, batch, features]` to every step's output and the final one.
  func writeSequence(
    _ x: ProgramValue,
    to program: inout ProgramBuilder
  ) -> (outputs: ProgramValue, final: ProgramValue)
}

extension CellLayer: CoreMLLayer where LayerCell: CoreMLCell {
  func support(_ form: GraphForm) -> FormatSupport {
    switch form {
    case .step:
      if isReversed {
        return .refused("a layer that reads from the end has no step; write whole sequences")
      }
      return .decomposed("each step is written in elementary operations")
    case .sequence:
      switch sequenceForm {
      case .loop(let reason):
        return .decomposed("the steps are written in a loop, since \(reason)")
      case .operation(_, let support): return support
      }
    }
  }

  /// The cell's form, unless the layer adds what it does not have.
  private var sequenceForm: SequenceForm {
    if regularization.hiddenZoneout > 0 || regularization.cellZoneout > 0 {
      return .loop("Core ML's layers have no zoneout")
    }
    guard case .operation(let operation, _) = cell.sequenceForm else { return cell.sequenceForm }
    let startsFromZero = stateParts.allSatisfy { $0.initial.elements.allSatisfy { $0 == 0 } }
    return operation.projection == nil || startsFromZero
      ? cell.sequenceForm
      : .loop("Core ML's LSTM has no projected hidden state to begin with")
  }

  var stateParts: [(name: String, initial: Tensor)] {
    let initial = (learnedState ?? cell.zeroState(batch: 1)).tensors
    return zip(State.tensorNames, initial).map { name, initial in
      (name.hasSuffix(" state") ? String(name.dropLast(6)) : name, initial)
    }
  }

  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> (output: ProgramValue, states: [ProgramValue]) {
    var after = cell.writeStep(x, states, to: &program)
    for (part, rate) in [regularization.hiddenZoneout, regularization.cellZoneout].enumerated()
    where rate > 0 {
      let share = program.constant(Tensor(rate), "zoneout")
      after[part] = program.mix(share, states[part], after[part])
    }
    return (after[0], after)
  }

  func writeSequence(
    _ x: ProgramValue,
    to program: inout ProgramBuilder
  ) -> (outputs: ProgramValue, final: ProgramValue) {
    let read = isReversed ? program.reverse(x) : x
    let (outputs, final): (ProgramValue, ProgramValue)
    switch sequenceForm {
    case .loop:
      let states = stateParts.map { program.rows(of: x, each: $0.initial) }
      (outputs, final) = program.loop(over: read, from: states) { x, states, program in
        writeStep(x, states, to: &program)
      }
    case .operation(let operation, _):
      let units = operation.recurrent.shape[1]
      let states = stateParts.map { part in
        let state = operation.projection == nil ? part.initial : .zeros([1, units])
        return program.rows(of: x, each: state)
      }
      (outputs, final) = operation.write(read, initial: states, to: &program)
    }
    return (isReversed ? program.reverse(outputs) : outputs, final)
  }
}

extension Bidirectional: CoreMLLayer where LayerCell: CoreMLCell {
  func support(_ form: GraphForm) -> FormatSupport {
    switch form {
    case .step:
      .refused("a layer that reads from both ends has no step; write whole sequences")
    case .sequence: forward.support(form).combined(with: backward.support(form))
    }
  }

  var stateParts: [(name: String, initial: Tensor)] { [] }

  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> (output: ProgramValue, states: [ProgramValue]) {
    (x, states)
  }

  func writeSequence(
    _ x: ProgramValue,
    to program: inout ProgramBuilder
  ) -> (outputs: ProgramValue, final: ProgramValue) {
    let ahead = forward.writeSequence(x, to: &program)
    let back = backward.writeSequence(x, to: &program)
    func merged(_ a: ProgramValue, _ b: ProgramValue) -> ProgramValue {
      switch merge {
      case .concatenate: program.concatenate([a, b])
      case .sum: program.add(a, b)
      case .mean: program.multiply(program.add(a, b), by: 0.5)
      case .product: program.multiply(a, b)
      }
    }
    return (merged(ahead.outputs, back.outputs), merged(ahead.final, back.final))
  }
}

extension Residual: CoreMLLayer {
  private var inner: (any CoreMLLayer)? { layer as? any CoreMLLayer }

  func support(_ form: GraphForm) -> FormatSupport {
    inner?.support(form) ?? .refused(CoreMLExport.unknownLayer(layer))
  }

  var stateParts: [(name: String, initial: Tensor)] { inner?.stateParts ?? [] }

  func writeStep(
    _ x: ProgramValue,
    _ states: [ProgramValue],
    to program: inout ProgramBuilder
  ) -> (output: ProgramValue, states: [ProgramValue]) {
    guard let (output, states) = inner?.writeStep(x, states, to: &program) else {
      return (x, states)
    }
    return (program.add(output, x), states)
  }

  func writeSequence(
    _ x: ProgramValue,
    to program: inout ProgramBuilder
  ) -> (outputs: ProgramValue, final: ProgramValue) {
    guard let (outputs, final) = inner?.writeSequence(x, to: &program) else { return (x, x) }
    return (program.add(outputs, x), program.add(final, program.lastStep(x)))
  }
}
