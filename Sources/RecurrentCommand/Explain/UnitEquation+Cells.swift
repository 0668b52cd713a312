import Recurrent
import RecurrentReports

extension UnitEquation {
  /// What may be true of cells with gates of these names, by what they are called.
  private static let known: [UnitEquation] = [
    // LSTM.
    UnitEquation(
      "cell state",
      "c",
      terms: [
        [.init("forget", "f"), .init("cell state", "c", isBefore: true)],
        [.init("input", "i"), .init("candidate", "g")],
      ]
    ),
    UnitEquation(
      "hidden state",
      "h",
      terms: [[.init("output", "o"), .init("cell state", "c", .tanh)]]
    ),
    // GRU, whose update gate keeps.
    UnitEquation(
      "hidden state",
      "h",
      terms: [
        [.init("update", "z", .complement), .init("candidate", "n")],
        [.init("update", "z"), .init("hidden state", "h", isBefore: true)],
      ]
    ),
    // minGRU, whose update gate lets in.
    UnitEquation(
      "hidden state",
      "h",
      terms: [
        [.init("update", "z", .complement), .init("hidden state", "h", isBefore: true)],
        [.init("update", "z"), .init("candidate", "n")],
      ]
    ),
    // minLSTM.
    UnitEquation(
      "hidden state",
      "h",
      terms: [
        [.init("forget", "φ"), .init("hidden state", "h", isBefore: true)],
        [.init("input", "ι"), .init("candidate", "n")],
      ]
    ),
  ]

  /// The equations that hold for every unit and step of a trace.
  ///
  /// Options of a cell, such as a projection or zoneout, make some of them untrue; what is shown is what
  /// was found to hold.
  static func holding(for trace: GateTrace) -> [UnitEquation] {
    known.filter { $0.holds(for: trace) }
  }

  private func holds(for trace: GateTrace) -> Bool {
    let values = Dictionary(
      (trace.gates + trace.states).map { ($0.name, $0.values.elements) },
      uniquingKeysWith: { first, _ in first }
    )
    guard let told = trace.states.first(where: { $0.name == result })?.values,
      terms.joined().allSatisfy({ values[$0.signal]?.count == told.count })
    else { return false }
    let initial = Dictionary(
      zip(trace.states.map(\.name), trace.initialStates.map(\.elements)),
      uniquingKeysWith: { first, _ in first }
    )
    let (steps, units) = (told.shape[1], told.shape[2])
    let elements = told.elements
    func value(_ factor: Factor, step: Int, unit: Int) -> Double {
      let place = factor.isBefore ? (trace.isReversed ? step + 1 : step - 1) : step
      let read =
        0..<steps ~= place
        ? values[factor.signal]?[place * units + unit] : initial[factor.signal]?[unit]
      let number = Double(read ?? .nan)
      return switch factor.function {
      case .identity: number
      case .complement: 1 - number
      case .tanh: Double(tanh(Tensor(Float(number))).elements[0])
      }
    }
    return (0..<steps).allSatisfy { step in
      (0..<units).allSatisfy { unit in
        let sum = terms.reduce(0) { sum, term in
          sum + term.reduce(1) { $0 * value($1, step: step, unit: unit) }
        }
        let told = Double(elements[step * units + unit])
        return (sum - told).magnitude <= 1e-5 * max(1, told.magnitude)
      }
    }
  }
}
