import RecurrentReports

/// Chapter 4: the whole gradient of a small LSTM written down, and checked.
enum LedgerChapter {
  static func tell(in book: inout LessonBook) throws {
    try book.say(
      """
      Here is a whole training step but for the change itself: the LSTM of chapter 3 reads two \
      numbers, x(1) = \(LessonNumbers.short(HandworkedLSTM.inputs[0])) and \
      x(2) = \(LessonNumbers.short(HandworkedLSTM.inputs[1])), a head makes two logits of its last \
      hidden state, softmax makes probabilities of them, and the cost is the cross-entropy, where \
      class \(HandworkedLSTM.label) is right. Every number has its formula beside it, so all can be \
      done again with a calculator. Six decimals are shown and more are kept, so a last digit may \
      come out one off. The weights are those of chapter 3, and the head's:
      """
    )
    var network = HandworkedLSTM()
    try book.list("ledger-weights", MemoryChapter.weights + [""] + headWeights)
    try book.say("Forward: from the inputs to the cost.")
    network.goForward()
    try book.list("ledger-forward", network.takeLines())
    try book.say(
      """
      Backward: δq is ∂L/∂q, the rate at which the cost changes with q. Each line multiplies what \
      arrives by the slope of the step that q took part in, and adds up where q took part in more \
      than one. For softmax with cross-entropy the beginning is simple: probability less target, \
      where the target is 1 for the right class and 0 for the other.
      """
    )
    network.goBack()
    try book.list("ledger-backward", network.takeLines())
    try book.say(
      """
      The weights: all steps share them, so a weight's gradient is a sum over the steps, each \
      with what the weight was multiplied by there. h(0) is 0, so the first step adds nothing to U.
      """
    )
    network.gatherGradients()
    try book.list("ledger-gradients", network.takeLines())
    let check = LedgerCheck(network)
    try book.say(
      """
      Is it right? Two other ways to the same numbers. "tape" is what the library computes, in \
      32-bit floats, by the calls that train real networks (valueWithGradient). "difference" moves \
      one weight w at a time by \(LessonNumbers.short(LedgerCheck.step)) to either side and takes \
      (L(w + \(LessonNumbers.short(LedgerCheck.step))) - L(w - \
      \(LessonNumbers.short(LedgerCheck.step)))) / \(LessonNumbers.short(2 * LedgerCheck.step)), \
      which knows nothing of the backward pass:
      """
    )
    try book.list("ledger-check", table(check))
    book.draw("ledger-gates", chart(network).svg)
  }

  private static var headWeights: [String] {
    func value(_ name: String) -> String {
      let number = HandworkedLSTM.parameters.first { $0.name == name }?.value ?? .nan
      return name + " = " + LessonNumbers.short(number)
    }
    return alignedLines(
      [["V11", "V12", "a1"], ["V21", "V22", "a2"]].map { $0.map(value) },
      textColumns: 3
    )
  }

  private static func table(_ check: LedgerCheck) -> [String] {
    let rows = check.rows.map { row in
      [row.name] + [row.ledger, row.tape, row.quotient].map(LessonNumbers.sixPlaces)
    }
    let table = alignedLines([["weight", "ledger", "tape", "difference"]] + rows, textColumns: 1)
    return table + [
      "",
      "Cost: \(LessonNumbers.sixPlaces(check.loss)) in the ledger, "
        + "\(LessonNumbers.sixPlaces(check.tapeLoss)) on the tape.",
      "Gradients of \(check.rows.count) weights. The ledger differs",
      "  from the tape by at most         \(LessonNumbers.scientific(check.tapeDifference))",
      "  from differences by at most      \(LessonNumbers.scientific(check.quotientDifference))",
    ]
  }

  private static func chart(_ network: HandworkedLSTM) -> BarChart {
    let bars = (1...HandworkedLSTM.inputs.count).reversed().flatMap { step in
      HandworkedLSTM.gates.map { gate in
        let parts = (1...2).map { network.ledger["δz\(gate.letter)\($0)(\(step))"].value }
        let norm = (parts[0] * parts[0] + parts[1] * parts[1]).squareRoot()
        return BarChart.Bar(
          name: "step \(step), \(gate.words.dropFirst(4).prefix { $0 != ":" })",
          value: norm,
          text: LessonNumbers.sixPlaces(norm)
        )
      }
    }
    return BarChart(
      title: "How much gradient arrives at the gates",
      groups: [BarChart.Group(name: "the norm of δz over the two units", bars: bars)]
    )
  }
}
