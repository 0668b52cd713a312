import Recurrent
import RecurrentTestSupport
import Testing

@Suite("What gates come to")
struct GateTraceTests {
  private static let lengths = [5, 2, 4]

  /// A layer of a case's cell, and the state before its first step, `[1, size]` each.
  private func layer<Built: BuiltInCell>(
    _ cell: Built,
    isReversed: Bool,
    learnsState: Bool
  ) -> (layer: any RecurrentLayer, initial: [Tensor]) {
    var layer = CellLayer(cell)
    layer.isReversed = isReversed
    let zeros = cell.zeroState(batch: 1).tensors
    guard learnsState else { return (layer, zeros) }
    var numbers = SeededNumbers(5)
    let initial = zeros.map { numbers.tensor($0.shape, in: 0.1...0.5) }
    layer.learnedState = Built.State(tensors: initial)
    return (layer, initial)
  }

  private func model(_ layers: [any RecurrentLayer]) -> SequenceModel {
    var stream = RandomStream(seed: 9, purpose: .testing)
    let size = layers.last?.outputSize ?? 0
    return SequenceModel(
      layers: layers,
      summary: .allOutputs,
      head: Dense(inputSize: size, outputSize: 2, using: &stream)
    )
  }

  /// The numbers of signals at a place of a row, by name.
  private func numbers(
    _ signals: [GateTrace.Signal],
    _ row: Int,
    _ step: Int,
    _ unit: Int
  ) -> [String: Float] {
    Dictionary(uniqueKeysWithValues: signals.map { ($0.name, $0.values[row, step, unit]) })
  }

  /// The parts of the state after a step, from its gates and the state before, where they say it all.
  private func after(
    _ gates: [String: Float],
    _ before: [String: Float],
    _ cell: any BuiltInCell
  ) -> [String: Float]? {
    func gate(_ name: String) -> Float { gates[name] ?? .nan }
    func state(_ name: String) -> Float { before[name] ?? .nan }
    switch cell {
    case let cell as LSTMCell:
      let c = gate("forget") * state("cell state") + gate("input") * gate("candidate")
      if cell.projection != nil || cell.normalization != nil { return ["cell state": c] }
      return ["cell state": c, "hidden state": gate("output") * tanh(Tensor(c)).scalar]
    case is GRUCell:
      let z = gate("update")
      return ["hidden state": (1 - z) * gate("candidate") + z * state("hidden state")]
    case is MinGRUCell:
      let z = gate("update")
      return ["hidden state": (1 - z) * state("hidden state") + z * gate("candidate")]
    case is MinLSTMCell:
      return [
        "hidden state": gate("forget") * state("hidden state") + gate("input") * gate("candidate")
      ]
    case is LEMCell:
      let (dz, dy) = (gate("memory pace"), gate("hidden pace"))
      return [
        "memory": (1 - dz) * state("memory") + dz * gate("memory candidate"),
        "hidden state": (1 - dy) * state("hidden state") + dy * gate("hidden candidate"),
      ]
    case is SLSTMCell:
      let c = gate("forget") * state("cell state") + gate("input") * gate("candidate")
      let n = gate("forget") * state("normaliser") + gate("input")
      return ["cell state": c, "normaliser": n, "hidden state": gate("output") * c / n]
    default: return nil
    }
  }

  @Test(
    "States made again from the gates are the layer's, row by row of its own length",
    arguments: CellCase.all,
    [(false, false), (true, false), (false, true), (true, true)]
  )
  func statesFollowFromGates(item: CellCase, options: (isReversed: Bool, learnsState: Bool)) {
    let (layer, initial) = layer(
      item.cell,
      isReversed: options.isReversed,
      learnsState: options.learnsState
    )
    var numbers = SeededNumbers(11)
    let input = numbers.tensor([3, 5, CellCase.inputSize])
    let traces = model([layer]).gateTraces(of: input, lengths: Self.lengths)
    #expect(traces.count == 1 && traces[0].isReversed == options.isReversed)
    let trace = traces[0]
    let outputs = layer.run(input, in: SequencePass(lengths: Self.lengths)).outputs
    expectClose(trace.states[0].values, outputs)
    var checked = 0
    for (row, length) in Self.lengths.enumerated() {
      for step in 0..<length {
        let source = options.isReversed ? step + 1 : step - 1
        let isFirst = !(0..<length).contains(source)
        for unit in 0..<(trace.gates.first?.values.shape[2] ?? 0) {
          let parts = trace.states.indices.filter { unit < initial[$0].count }
          let units = parts.map { trace.states[$0] }
          let before =
            isFirst
            ? Dictionary(
              uniqueKeysWithValues: parts.map { (trace.states[$0].name, initial[$0][0, unit]) }
            )
            : self.numbers(units, row, source, unit)
          let gates = self.numbers(trace.gates, row, step, unit)
          let wanted = self.numbers(units, row, step, unit)
          for (name, value) in after(gates, before, item.cell) ?? [:] {
            #expect(abs(value - (wanted[name] ?? .nan)) < 1e-5, "\(name) \(row) \(step) \(unit)")
            checked += 1
          }
        }
      }
      // Past the row's end there is nothing.
      for signal in trace.gates + trace.states {
        for step in length..<5 { #expect(signal.values[row, step, 0] == 0) }
      }
    }
    #expect(checked > 0 || item.cell is RNNCell || item.cell is IndRNNCell)
  }

  @Test("There is a trace for each direction of each layer, of what the layers below give")
  func tracesOfAStack() throws {
    var stream = RandomStream(seed: 3, purpose: .testing)
    let first = Bidirectional(
      forward: LSTM(inputSize: 2, hiddenSize: 3, using: &stream),
      backward: LSTM(inputSize: 2, hiddenSize: 3, using: &stream)
    )
    let second = Residual(GRU(inputSize: 6, hiddenSize: 6, using: &stream))
    let third = Recurrence(RNNCell(inputSize: 6, hiddenSize: 4, using: &stream))
    let model = model([first, second, third])
    var numbers = SeededNumbers(4)
    let input = numbers.tensor([2, 5, 2])
    let traces = model.gateTraces(of: input)
    #expect(traces.map(\.name) == ["lstm_l0", "lstm_l0_reverse", "gru_l1", "layers.2"])
    #expect(traces.map(\.layer) == [0, 0, 1, 2])
    #expect(traces[0].gates.map(\.name) == ["input", "forget", "candidate", "output"])
    #expect(traces[0].states.map(\.name) == ["hidden state", "cell state"])
    let below = first.outputs(input)
    expectClose(traces[2].states[0].values, second.layer.outputs(below))
    let last = third.outputs(second.run(below, in: SequencePass()).outputs)
    expectClose(traces[3].states[0].values, last)
    let halves = [traces[0].states[0].values, traces[1].states[0].values]
    expectClose(Tensor.concatenated(halves, along: 2), below)
  }

  private func expectClose(_ a: Tensor, _ b: Tensor) {
    #expect(a.shape == b.shape)
    #expect(zip(a.elements, b.elements).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test("A cell of a program's own tells its states")
  func recurrence() throws {
    var stream = RandomStream(seed: 3, purpose: .testing)
    let cell = GRUCell(inputSize: 2, hiddenSize: 4, using: &stream)
    var numbers = SeededNumbers(8)
    let input = numbers.tensor([3, 5, 2])
    let own = try #require(
      model([Recurrence(cell)]).gateTraces(of: input, lengths: Self.lengths).first
    )
    let builtIn = try #require(
      model([CellLayer(cell)]).gateTraces(of: input, lengths: Self.lengths).first
    )
    #expect(own.name == "layers.0" && own.gates.isEmpty)
    #expect(own.states.map(\.name) == ["hidden state"] && own.initialStates == [.zeros([4])])
    for (one, other) in zip(own.states[0].values.elements, builtIn.states[0].values.elements) {
      #expect((one - other).magnitude < 1e-6)
    }
  }
}
