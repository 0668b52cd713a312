/// What the gates and the states of one direction of a layer come to at every step of some sequences.
///
/// Each signal is `[batch, time, units]`, with zeros past a row's end. Gates are told after their
/// activation, as they act.
public struct GateTrace: Sendable {
  /// One gate, or one part of the state.
  public struct Signal: Sendable {
    /// What it is called, such as "forget" or "cell state".
    public let name: String
    /// Its numbers at each step, `[batch, time, units]`.
    public let values: Tensor

    init(name: String, values: Tensor) {
      self.name = name
      self.values = values
    }
  }

  /// The place of the layer in its model.
  public let layer: Int
  /// What the layer is called, such as "lstm_l0", or "lstm_l0_reverse" of a layer's second direction.
  public let name: String
  /// Whether the layer reads from each row's end to its beginning.
  public let isReversed: Bool
  /// The gates and what they act on; none of a cell without gates.
  ///
  /// An LSTM has "input", "forget", "candidate" and "output", and so has an sLSTM, whose first two are
  /// e^(i - m) and e^(φ + m' - m); a GRU has "reset", "update" and "candidate", a minGRU the last two, a
  /// minLSTM "forget", "input" and "candidate"; an LEM has "memory pace", "hidden pace", "memory
  /// candidate" and "hidden candidate".
  public let gates: [Signal]
  /// The parts of the state after each step; the first is the hidden state.
  public let states: [Signal]
  /// The parts of the state before the first step, `[units]` each.
  public let initialStates: [Tensor]
}

extension SequenceModel {
  /// Reads sequences `[batch, time, features]` and tells what each layer's gates and states come to.
  ///
  /// There is a trace for each direction, the first layer's first. A `Recurrence` tells its states, which
  /// a program's own cell says as a `RecurrentState`, and no gates. Layers that are swept over a grid, and
  /// those of a program's own, have none.
  ///
  /// - Precondition: As for a call.
  /// - Complexity: About three times that of a call; memory for all that is told.
  public func gateTraces(of input: Tensor, lengths: [Int]? = nil) -> [GateTrace] {
    var pass = SequencePass(lengths: lengths)
    var input = reading.of(input, lengths: lengths)
    var traces: [GateTrace] = []
    for (index, layer) in layers.enumerated() {
      pass.layer = index
      traces += (layer as? any GateTracedLayer)?.gateTraces(of: input, in: pass) ?? []
      input = layer.run(input, in: pass).outputs
    }
    return traces
  }
}

/// A layer that tells what its gates come to.
protocol GateTracedLayer: RecurrentLayer {
  /// Returns a trace for each direction.
  func gateTraces(of input: Tensor, in pass: SequencePass) -> [GateTrace]
}

extension Residual: GateTracedLayer {
  func gateTraces(of input: Tensor, in pass: SequencePass) -> [GateTrace] {
    (layer as? any GateTracedLayer)?.gateTraces(of: input, in: pass) ?? []
  }
}

extension Bidirectional: GateTracedLayer {
  func gateTraces(of input: Tensor, in pass: SequencePass) -> [GateTrace] {
    [
      forward.gateTrace(of: input, in: pass, suffix: ""),
      backward.gateTrace(of: input, in: pass, suffix: "_reverse"),
    ]
  }
}

extension Recurrence: GateTracedLayer {
  func gateTraces(of input: Tensor, in pass: SequencePass) -> [GateTrace] {
    let lengths = pass.lengths ?? Array(repeating: input.shape[1], count: input.shape[0])
    var states: [ObservedState] = []
    _ = run(input.cleared(past: lengths), in: pass) { state in
      states.append(state)
      return state.parts
    }
    let initial = (cell.zeroState(batch: 1) as? any RecurrentState)?.tensors ?? []
    guard let names = states.first?.names, !initial.isEmpty else { return [] }
    return [
      GateTrace(
        layer: pass.layer,
        name: "layers.\(pass.layer)",
        isReversed: false,
        gates: [],
        states: initial.indices.map { part in
          GateTrace.Signal(
            name: part < names.count ? names[part] : "part \(part) of the state",
            values: Tensor.stacked(states.map { $0.parts[part] }, along: 1).cleared(past: lengths)
          )
        },
        initialStates: initial.map { $0.slice(at: 0, along: 0) }
      )
    ]
  }
}

extension CellLayer: GateTracedLayer {
  func gateTraces(of input: Tensor, in pass: SequencePass) -> [GateTrace] {
    [gateTrace(of: input, in: pass, suffix: "")]
  }

  /// The trace of this layer, whose name ends in `suffix`.
  func gateTrace(of input: Tensor, in pass: SequencePass, suffix: String) -> GateTrace {
    let (batch, steps) = (input.shape[0], input.shape[1])
    let lengths = pass.lengths ?? Array(repeating: steps, count: batch)
    let input = input.cleared(past: lengths)
    var states = [[Tensor]](repeating: [], count: steps)
    _ = apply(input, state: nil, in: pass, direction: 0) { state, step in
      states[step] = state.tensors
      return state
    }
    let initial = (learnedState?.repeated(batch) ?? cell.zeroState(batch: batch)).tensors
    let before = State(
      tensors: initial.indices.map { part in
        statesBefore(states.map { $0[part] }, initial: initial[part], lengths)
      }
    )
    func signal(_ name: String, _ values: Tensor) -> GateTrace.Signal {
      GateTrace.Signal(name: name, values: values.cleared(past: lengths))
    }
    let names = State.tensorNames
    return GateTrace(
      layer: pass.layer,
      name: "\(LayerCell.modelKey)_l\(pass.layer)\(suffix)",
      isReversed: isReversed,
      gates: gates(input.reshaped(to: [batch * steps, inputSize]), before).map {
        signal($0.name, $0.values.reshaped(to: [batch, steps, $0.values.shape[1]]))
      },
      states: initial.indices.map { part in
        signal(names[part], .stacked(states.map { $0[part] }, along: 1))
      },
      // All rows begin alike.
      initialStates: initial.map { $0.slice(at: 0, along: 0) }
    )
  }

  private func gates(_ input: Tensor, _ before: State) -> [GateTrace.Signal] {
    func gates<Gated: GatedCell>(of cell: Gated) -> [GateTrace.Signal] {
      (before as? Gated.State).map { cell.gates(input, state: $0) } ?? []
    }
    return (cell as? any GatedCell).map { gates(of: $0) } ?? []
  }

  /// The state before each step in rows of steps, `[batch * time, units]`, from those after each.
  private func statesBefore(_ states: [Tensor], initial: Tensor, _ lengths: [Int]) -> Tensor {
    let (batch, steps) = (lengths.count, states.count)
    let places = (0..<batch * steps).map { place in
      let (row, step) = place.quotientAndRemainder(dividingBy: steps)
      let source = isReversed ? step + 1 : step - 1
      return (0..<lengths[row]).contains(source) ? source * batch + row : steps * batch + row
    }
    return Tensor.concatenated(states + [initial], along: 0).gathered(at: places)
  }
}
