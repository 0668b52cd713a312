import Recurrent

/// An LSTM of two units with a head for two classes, whose every number is written down.
///
///     i, f, o = σ(W x(t) + U h(t-1) + b)        each with weights of its own
///     g = tanh(W x(t) + U h(t-1) + b)
///     c(t) = f(t) c(t-1) + i(t) g(t)
///     h(t) = o(t) tanh(c(t))
struct HandworkedLSTM {
  /// A gate or the candidate: its letter, what it does, and its function.
  struct Gate {
    let letter: String
    let words: String
    let function: Formula.Function
  }

  /// What the steps read, one number each.
  static let inputs = [1, -0.5]
  /// The class that is right, of two counted from 1.
  static let label = 2

  /// The gates in the order in which a step is told.
  static let gates = [
    Gate(letter: "f", words: "the forget gate: how much of c(t-1) stays", function: .sigmoid),
    Gate(letter: "i", words: "the input gate: how much of g is let in", function: .sigmoid),
    Gate(letter: "g", words: "the candidate: what would be written", function: .tanh),
    Gate(letter: "o", words: "the output gate: how much of c is shown", function: .sigmoid),
  ]

  /// The weights; sums of few powers of two, so that they are the same in every precision.
  ///
  /// The gates come in the library's order.
  static let parameters: [(name: String, value: Double)] =
    weights(of: "i", [0.5, -0.25], [0.25, -0.5, 0.5, 0.25], [0, 0])
    + weights(of: "f", [0.25, 0.5], [-0.25, 0.25, 0.5, -0.25], [1, 1])
    + weights(of: "g", [0.75, -0.5], [0.5, 0.25, -0.25, 0.75], [0, 0.25])
    + weights(of: "o", [-0.25, 0.5], [0.25, 0.5, -0.5, 0.25], [0.25, 0])
    + [
      ("V11", 1), ("V12", -0.5), ("V21", -0.75), ("V22", 0.5),
      ("a1", 0), ("a2", 0.25),
    ]

  private static func weights(
    of gate: String,
    _ input: [Double],
    _ recurrent: [Double],
    _ bias: [Double]
  ) -> [(name: String, value: Double)] {
    let names =
      ["W1", "W2", "U11", "U12", "U21", "U22", "b1", "b2"].map { name in
        "\(name.prefix(1))\(gate)\(name.dropFirst())"
      }
    return Array(zip(names, input + recurrent + bias)).map { (name: $0, value: $1) }
  }

  /// The ledger so far.
  private(set) var ledger = Ledger()

  /// Begins with the weights, or with others.
  init(parameters: [(name: String, value: Double)] = Self.parameters) {
    for (name, value) in parameters { ledger.give(name, value) }
    for (step, value) in Self.inputs.enumerated() { ledger.give("x(\(step + 1))", value) }
    for unit in 1...2 {
      ledger.give("h\(unit)(0)", 0)
      ledger.give("c\(unit)(0)", 0)
    }
  }

  private func term(_ name: String) -> Formula { ledger.term(name) }

  /// Writes down a step, counted from 1, after those before it.
  mutating func step(_ t: Int) {
    for gate in Self.gates {
      ledger.head("Step \(t), \(gate.words)")
      let letter = gate.letter
      for unit in 1...2 {
        ledger.enter(
          "z\(letter)\(unit)(\(t))",
          .sum([
            .product([term("W\(letter)\(unit)"), term("x(\(t))")]),
            .product([term("U\(letter)\(unit)1"), term("h1(\(t - 1))")]),
            .product([term("U\(letter)\(unit)2"), term("h2(\(t - 1))")]),
            term("b\(letter)\(unit)"),
          ])
        )
      }
      for unit in 1...2 {
        ledger.enter(
          "\(letter)\(unit)(\(t))",
          .function(gate.function, term("z\(letter)\(unit)(\(t))"))
        )
      }
    }
    ledger.head("Step \(t), the cell state: the old one, partly kept, and what is let in")
    for unit in 1...2 {
      ledger.enter(
        "c\(unit)(\(t))",
        .sum([
          .product([term("f\(unit)(\(t))"), term("c\(unit)(\(t - 1))")]),
          .product([term("i\(unit)(\(t))"), term("g\(unit)(\(t))")]),
        ])
      )
    }
    ledger.head("Step \(t), the hidden state: the cell state, squashed, as far as it is shown")
    for unit in 1...2 {
      ledger.enter("m\(unit)(\(t))", .function(.tanh, term("c\(unit)(\(t))")))
    }
    for unit in 1...2 {
      ledger.enter(
        "h\(unit)(\(t))",
        .product([term("o\(unit)(\(t))"), term("m\(unit)(\(t))")])
      )
    }
  }

  /// Writes down what the head makes of the last hidden state, and what that costs.
  mutating func answer() {
    let last = Self.inputs.count
    ledger.head("The head: a logit for each class")
    for output in 1...2 {
      ledger.enter(
        "y\(output)",
        .sum([
          .product([term("V\(output)1"), term("h1(\(last))")]),
          .product([term("V\(output)2"), term("h2(\(last))")]),
          term("a\(output)"),
        ])
      )
    }
    ledger.head("Softmax: the logits as probabilities")
    for output in 1...2 { ledger.enter("e\(output)", .function(.exp, term("y\(output)"))) }
    for output in 1...2 {
      ledger.enter(
        "p\(output)",
        .quotient(term("e\(output)"), .sum([term("e1"), term("e2")]))
      )
    }
    ledger.head("Cross-entropy: the cost, where class \(Self.label) is right")
    ledger.enter("L", .negative(.function(.logarithm, term("p\(Self.label)"))))
  }

  /// Writes down the whole way from the inputs to the cost.
  mutating func goForward() {
    for step in 1...Self.inputs.count { self.step(step) }
    answer()
  }

  /// Has the ledger go on.
  mutating func write(_ entries: (inout Ledger) -> Void) { entries(&ledger) }

  /// What was written since this was last asked.
  mutating func takeLines() -> [String] { ledger.takeLines() }
}
