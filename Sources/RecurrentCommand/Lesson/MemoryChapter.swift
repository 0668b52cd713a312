import RecurrentReports

/// Chapter 3: the LSTM's conveyor belt and its gates, in words and in numbers.
enum MemoryChapter {
  static func tell(in book: inout LessonBook) throws {
    try book.say(
      """
      The long short-term memory, LSTM (Hochreiter, Schmidhuber, 1997), carries a second state \
      from step to step beside h: the cell state c. Think of c as a conveyor belt that runs past \
      all steps. What lies on it stays as it is, unless a gate says otherwise. A gate is a number \
      between 0, shut, and 1, open, that something is multiplied by. There are three, and a \
      candidate for what is to be put on the belt:

          f(t) = σ(Wf x(t) + Uf h(t-1) + bf)          forget gate: what stays
          i(t) = σ(Wi x(t) + Ui h(t-1) + bi)          input gate: what is let in
          g(t) = tanh(Wg x(t) + Ug h(t-1) + bg)       candidate: what would be put on
          o(t) = σ(Wo x(t) + Uo h(t-1) + bo)          output gate: what is shown

          c(t) = f(t) c(t-1) + i(t) g(t)              the belt
          h(t) = o(t) tanh(c(t))                      what the others see of it

      σ(z) = 1 / (1 + e^-z) squashes any number into the range from 0 to 1. All four look at the \
      input and at the hidden state, each through weights of its own; the products of c and h are \
      unit by unit. The forget gate was added later (Gers, Schmidhuber, Cummins, 2000); before, \
      nothing left the belt.
      """
    )
    try book.list("lstm-belt", belt)
    try book.say(
      """
      An LSTM of 2 units that reads one number at each step has these weights, in the library's \
      order of the gates, i, f, g, o. A forget gate whose bias is 1 is open more than half to begin \
      with:
      """
    )
    try book.list("lstm-weights", weights)
    var network = HandworkedLSTM()
    network.step(1)
    let first = network.takeLines()
    try book.say(
      """
      The first step reads x(1) = \(LessonNumbers.short(HandworkedLSTM.inputs[0])). Both states before \
      it are 0, so the forget gate has nothing to keep yet. zf, zi, zg and zo are the sums before \
      the function; m is tanh(c):
      """
    )
    try book.list("lstm-step", first)
    try book.say(
      """
      The second step reads x(2) = \(LessonNumbers.short(HandworkedLSTM.inputs[1])) and finds \
      something on the belt:
      """
    )
    network.step(2)
    try book.list("lstm-step-2", network.takeLines())
    try book.say(
      """
      Along the belt, c(t) changes with c(t-1) at the rate f(t): no weight matrix and no tanh is \
      in between. (The gates look at h(t-1), which came of c(t-1); that way has both.) Where a \
      forget gate stays near 1, a gradient comes back over many steps almost as it was: that is \
      what chapter 2 measured.
      """
    )
    book.draw("lstm-cell", LessonDiagrams.lstmStep.svg)
    book.draw("lstm-gates", gates(of: network).svg)
  }

  /// The weights in rows of a gate and unit each.
  static var weights: [String] {
    let values = Dictionary(
      uniqueKeysWithValues: HandworkedLSTM.parameters.map { ($0.name, $0.value) }
    )
    func text(_ name: String) -> String { LessonNumbers.short(values[name] ?? .nan) }
    let rows = ["i", "f", "g", "o"].flatMap { gate in
      (1...2).map { unit in
        let name = "\(gate)\(unit)"
        return [
          name, text("W\(name)"), text("U\(name)1"), text("U\(name)2"), text("b\(name)"),
        ]
      }
    }
    return alignedLines([["", "W", "U..1", "U..2", "b"]] + rows, textColumns: 1)
  }

  private static let belt = [
    "c(t-1) ─────▶(×)───────────────▶(+)───────────────┬──────▶ c(t)",
    "              ▲                  ▲                │",
    "              │          ┌─────▶(×)              tanh",
    "              │          │       ▲                ▼",
    "              │          │       │        ┌─────▶(×)─────▶ h(t)",
    "              │ f        │ i     │ g      │ o",
    "            ┌─┴─┐      ┌─┴─┐   ┌─┴──┐   ┌─┴─┐",
    "            │ σ │      │ σ │   │tanh│   │ σ │",
    "            └─▲─┘      └─▲─┘   └─▲──┘   └─▲─┘",
    "h(t-1), x(t) ─┴──────────┴───────┴────────┘",
  ]

  private static func gates(of network: HandworkedLSTM) -> HeatMap {
    let rows = HandworkedLSTM.gates.filter { $0.function == .sigmoid }.flatMap { gate in
      (1...2).map { unit in (gate: gate, unit: unit) }
    }
    let steps = 1...HandworkedLSTM.inputs.count
    return HeatMap(
      title: "How far the gates are open",
      note: "In percent: 0 is shut, 100 is open.",
      rowLabel: "gate",
      columnLabel: "step",
      rowNames: rows.map { row in "\(row.gate.words.dropFirst(4).prefix { $0 != ":" }) \(row.unit)"
      },
      columnNames: steps.map { "\($0)" },
      values: rows.map { row in
        steps.map { 100 * network.ledger["\(row.gate.letter)\(row.unit)(\($0))"].value }
      },
      unit: "percent",
      fullValue: 100
    )
  }
}
