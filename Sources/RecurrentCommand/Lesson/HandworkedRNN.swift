import Recurrent

/// A simple recurrent network of two units whose every number is written down.
///
///     h(t) = tanh(W x(t) + U h(t-1) + b)
struct HandworkedRNN {
  /// What the steps read, one number each.
  static let inputs = [1, 0.5, -1]

  /// The weights; sums of few powers of two, so that they are the same in every precision.
  static let parameters: [(name: String, value: Double)] = [
    ("W1", 0.5), ("W2", -0.75),
    ("U11", 0.5), ("U12", -0.25), ("U21", 0.75), ("U22", 0.5),
    ("b1", 0), ("b2", 0.25),
  ]

  /// The ledger so far.
  private(set) var ledger = Ledger()

  init() {
    for (name, value) in Self.parameters { ledger.give(name, value) }
    for (step, value) in Self.inputs.enumerated() { ledger.give("x(\(step + 1))", value) }
    for unit in 1...2 { ledger.give("h\(unit)(0)", 0) }
  }

  /// Writes down a step, counted from 1, after those before it.
  mutating func step(_ step: Int) {
    for unit in 1...2 {
      ledger.enter(
        "z\(unit)(\(step))",
        .sum([
          .product([ledger.term("W\(unit)"), ledger.term("x(\(step))")]),
          .product([ledger.term("U\(unit)1"), ledger.term("h1(\(step - 1))")]),
          .product([ledger.term("U\(unit)2"), ledger.term("h2(\(step - 1))")]),
          ledger.term("b\(unit)"),
        ])
      )
    }
    for unit in 1...2 {
      ledger.enter("h\(unit)(\(step))", .function(.tanh, ledger.term("z\(unit)(\(step))")))
    }
  }

  /// Writes down how a gradient of 1 at both units after the last step comes back to the first.
  mutating func goBack() {
    let last = Self.inputs.count
    for unit in 1...2 { ledger.give("δh\(unit)(\(last))", 1) }
    for step in stride(from: last, to: 1, by: -1) {
      ledger.head("From step \(step) back to step \(step - 1)")
      for unit in 1...2 {
        ledger.enter(
          "δz\(unit)(\(step))",
          .product([
            ledger.term("δh\(unit)(\(step))"),
            .difference(.constant(1), .square(ledger.term("h\(unit)(\(step))"))),
          ])
        )
      }
      for unit in 1...2 {
        ledger.enter(
          "δh\(unit)(\(step - 1))",
          .sum(
            (1...2).map {
              .product([ledger.term("U\($0)\(unit)"), ledger.term("δz\($0)(\(step))")])
            }
          )
        )
      }
    }
  }

  /// What was written since this was last asked.
  mutating func takeLines() -> [String] { ledger.takeLines() }

  /// The library's cell with the same weights.
  static var cell: RNNCell {
    let numbers = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, Float($0.value)) })
    func tensor(_ names: [String], _ shape: Shape) -> Tensor {
      Tensor(names.map { numbers[$0] ?? .nan }, shape: shape)
    }
    return RNNCell(
      RecurrentWeights(
        input: tensor(["W1", "W2"], [2, 1]),
        recurrent: tensor(["U11", "U12", "U21", "U22"], [2, 2]),
        bias: tensor(["b1", "b2"], [2])
      )
    )
  }
}
