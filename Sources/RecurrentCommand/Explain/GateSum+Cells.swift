import Recurrent
import RecurrentReports

extension GateSum {
  /// A gate's place among a cell's weights, and what it is called there.
  private struct Place {
    let index: Int
    let gate: String
    let symbol: String
    let function: GateSum.Function
  }

  /// The gates of cells by the number of blocks that their weights have, in their order in memory.
  private static let known: [Int: [Place]] = [
    // LSTM.
    4: [
      Place(index: 0, gate: "input", symbol: "i", function: .sigmoid),
      Place(index: 1, gate: "forget", symbol: "f", function: .sigmoid),
      Place(index: 2, gate: "candidate", symbol: "g", function: .tanh),
      Place(index: 3, gate: "output", symbol: "o", function: .sigmoid),
    ],
    // GRU; its candidate is no such sum.
    3: [
      Place(index: 0, gate: "reset", symbol: "r", function: .sigmoid),
      Place(index: 1, gate: "update", symbol: "z", function: .sigmoid),
    ],
  ]

  /// The sums that hold for every unit and step of a trace of a layer that read `input`, `[time,
  /// features]`.
  ///
  /// Options of a cell, such as normalisation or peepholes, make some of them untrue; what is shown is
  /// what was found to hold.
  static func holding(
    for trace: GateTrace,
    reading input: Tensor,
    parameters: [String: Tensor]
  ) -> [GateSum] {
    guard let place = trace.name.firstRange(of: "_l\(trace.layer)"),
      let hidden = trace.states.first?.values, let initial = trace.initialStates.first
    else { return [] }
    let (key, end) = (trace.name[..<place.lowerBound], trace.name[place.lowerBound...])
    guard let inputWeights = parameters["\(key).weight_ih\(end)"],
      let stateWeights = parameters["\(key).weight_hh\(end)"],
      let bias = parameters["\(key).bias_ih\(end)"],
      let units = trace.gates.first?.values.shape[2],
      inputWeights.shape[0] == bias.count, stateWeights.shape[0] == bias.count,
      stateWeights.shape[1] == hidden.shape[2], inputWeights.shape[1] == input.shape[1],
      bias.count.isMultiple(of: units), let places = known[bias.count / units]
    else { return [] }
    let steps = hidden.shape[1]
    let states = hidden.reshaped(to: [steps, hidden.shape[2]])
    let first = initial.reshaped(to: [1, initial.count])
    let before =
      steps == 1
      ? first
      : Tensor.concatenated(
        trace.isReversed
          ? [states.slice(1..<steps, along: 0), first]
          : [first, states.slice(0..<steps - 1, along: 0)],
        along: 0
      )
    let fromInput = matmul(input, inputWeights, transposingSecond: true)
    let fromState = matmul(before, stateWeights, transposingSecond: true)
    let second = parameters["\(key).bias_hh\(end)"]
    let biases = second.map { bias + $0 } ?? bias
    return places.compactMap { place in
      let range = place.index * units..<(place.index + 1) * units
      let sum = GateSum(
        place.gate,
        place.symbol,
        place.function,
        fromInput: fromInput.slice(range, along: 1).elements,
        fromState: fromState.slice(range, along: 1).elements,
        bias: biases.slice(range, along: 0).elements
      )
      let gate = trace.gates.first { $0.name == place.gate }?.values.elements
      return gate.map(sum.gives) == true ? sum : nil
    }
  }

  /// Whether the sums give these values of the gate.
  private func gives(_ gate: [Float]) -> Bool {
    guard gate.count == fromInput.count else { return false }
    let sums = gate.indices.map { fromInput[$0] + fromState[$0] + bias[$0 % bias.count] }
    let values = function == .tanh ? tanh(Tensor(sums)) : sigmoid(Tensor(sums))
    return zip(values.elements, gate).allSatisfy { ($0 - $1).magnitude <= 1e-5 }
  }
}
