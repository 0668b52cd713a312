import Foundation
import Recurrent

// Operations over whole sequences, `[time, batch, features]`, as coremltools defines them.
extension ProgramStep {
  static let recurrentOperations: [String: Function] = [
    "rnn": { arguments in
      guard let read = SequenceArguments(arguments, gates: 1),
        let activation = Activation(rawValue: read.activation)
      else { return nil }
      return read.run(parts: 1) { sums, _, states, unit in
        [activation(sums(0, of: unit))]
      }
    },
    "lstm": { arguments in
      guard let read = SequenceArguments(arguments, gates: 4), read.activation == "tanh",
        arguments["recurrent_activation"]?.texts == ["sigmoid"],
        arguments["cell_activation"]?.texts == ["tanh"]
      else { return nil }
      let units = read.units
      var peephole = [Float](repeating: 0, count: 3 * units)
      if arguments.values["peephole"] != nil {
        guard let given = arguments.floats("peephole"), given.shape == [3 * units] else {
          return nil
        }
        peephole = given.values
      }
      return read.run(parts: 2) { sums, _, states, unit in
        let c = Double(states[1])
        func hole(_ gate: Int) -> Double { Double(peephole[gate * units + unit]) }
        let i = logistic(sums(0, of: unit) + hole(0) * c)
        let f = logistic(sums(1, of: unit) + hole(1) * c)
        let next = f * c + i * tanh(sums(3, of: unit))
        let o = logistic(sums(2, of: unit) + hole(2) * next)
        return [o * tanh(next), next]
      }
    },
    "gru": { arguments in
      guard let read = SequenceArguments(arguments, gates: 3), read.activation == "tanh",
        arguments["recurrent_activation"]?.texts == ["sigmoid"]
      else { return nil }
      return read.run(parts: 1) { sums, recurrent, states, unit in
        let r = logistic(sums(0, of: unit))
        let z = logistic(sums(2, of: unit))
        let ofHidden = recurrent(1, of: unit)
        let n = tanh(sums(1, of: unit) - ofHidden + r * ofHidden)
        return [(1 - z) * n + z * Double(states[0])]
      }
    },
  ]

  /// An activation of an RNN.
  private enum Activation: String {
    case tanh, relu

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .tanh: Foundation.tanh(x)
      case .relu: x > 0 || x.isNaN ? x : 0
      }
    }
  }
}

/// The sums of one row of a batch at one step, gate after gate.
private struct GateSums {
  let values: ArraySlice<Float>
  let units: Int

  func callAsFunction(_ gate: Int, of unit: Int) -> Double {
    Double(values[values.startIndex + gate * units + unit])
  }
}

/// What operations over sequences have in common.
private struct SequenceArguments {
  let units: Int
  let activation: String
  private let gates: Int
  private let steps: Int
  private let batch: Int
  private let initial: [[Float]]
  /// What the input adds to the sums, `[time, batch, gates * units]`, with the bias.
  private let ofInput: [Float]
  private let recurrent: [Float]

  init?(_ arguments: ProgramStep.Arguments, gates: Int) {
    guard let x = arguments.floats("x"), x.shape.count == 3,
      let input = arguments.floats("weight_ih"), let recurrent = arguments.floats("weight_hh"),
      let bias = arguments.floats("bias"), recurrent.shape.count == 2,
      let activation = arguments["activation"]?.texts, activation.count == 1,
      arguments["direction"]?.texts == ["forward"],
      arguments["output_sequence"]?.truths == [true]
    else { return nil }
    (steps, batch, units) = (x.shape[0], x.shape[1], recurrent.shape[1])
    let (rows, isTooLarge) = units.multipliedReportingOverflow(by: gates)
    guard !isTooLarge, steps > 0, batch > 0, units > 0, recurrent.shape[0] == rows,
      input.shape == [rows, x.shape[2]], bias.shape == [rows], x.shape[2] > 0,
      ProgramTensor.count(of: [steps, batch, rows]) != nil
    else { return nil }
    var initial: [[Float]] = []
    for name in gates == 4 ? ["initial_h", "initial_c"] : ["initial_h"] {
      guard let state = arguments.floats(name), state.shape == [batch, units] else { return nil }
      initial.append(state.values)
    }
    self.initial = initial
    self.activation = activation[0]
    self.gates = gates
    self.recurrent = recurrent.values
    ofInput = ProgramStep.product(x.values, input.values, inputs: x.shape[2], bias: bias.values)
  }

  /// Runs all steps; returns every step's output, and the parts of the last state.
  ///
  /// `next` gets a row's sums, their recurrent part, the parts of a unit's state and the unit.
  func run(
    parts: Int,
    _ next: (_ sums: GateSums, _ recurrent: GateSums, _ states: [Float], _ unit: Int) -> [Double]
  ) -> [ProgramTensor]? {
    let rows = gates * units
    var (states, outputs) = (initial, [Float]())
    let noBias = [Float](repeating: 0, count: rows)
    for step in 0..<steps {
      let ofHidden = ProgramStep.product(states[0], recurrent, inputs: units, bias: noBias)
      let start = step * batch * rows
      let sums = zip(ofInput[start..<start + batch * rows], ofHidden).map { $0 + $1 }
      for row in 0..<batch {
        let span = row * rows..<(row + 1) * rows
        let whole = GateSums(values: sums[span], units: units)
        let part = GateSums(values: ofHidden[span], units: units)
        for unit in 0..<units {
          let place = row * units + unit
          let after = next(whole, part, states.map { $0[place] }, unit)
          for index in 0..<parts { states[index][place] = Float(after[index]) }
        }
      }
      outputs += states[0]
    }
    let finals = states.compactMap { ProgramTensor([batch, units], .floats($0)) }
    guard let all = ProgramTensor([steps, batch, units], .floats(outputs)) else { return nil }
    return [all] + finals
  }
}
