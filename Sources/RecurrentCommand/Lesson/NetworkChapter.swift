import RecurrentReports

/// Chapter 1: one step of a simple recurrent network, and the same step again.
enum NetworkChapter {
  static func tell(in book: inout LessonBook) throws {
    try book.say(
      """
      A sequence is read one step at a time: the rows of an image, the words of a sentence, the \
      values of a sensor. A recurrent network keeps a few numbers from one step to the next, its \
      hidden state h. At step t it computes a new one from the input x(t) and from the state that \
      it had, h(t-1) (Elman, 1990):

          h(t) = tanh(W x(t) + U h(t-1) + b)

      W, U and b are the weights, the numbers that training changes. tanh squashes any number into \
      the range from -1 to 1. Here is a network of 2 units that reads one number at each step. W \
      and b have a number for each unit; U has one for each pair, where U12 says how unit 1 listens \
      to what unit 2 was:
      """
    )
    var network = HandworkedRNN()
    try book.list("rnn-weights", weights)
    try book.say(
      """
      The first step, written out. There is no state before it, so h(0) is taken as 0. A dot is a \
      product; results have six decimals:
      """
    )
    network.step(1)
    try book.list("rnn-step", network.takeLines())
    try book.say(
      """
      The second step uses the same eight weights. Only the input is another, and the state is now \
      what the first step left:
      """
    )
    network.step(2)
    try book.list("rnn-step-2", network.takeLines())
    try book.say("And so does the third, and any that may follow:")
    network.step(3)
    try book.list("rnn-step-3", network.takeLines())
    try book.say(
      """
      Drawn side by side, the steps are a chain of copies of one module. The copies share their \
      weights, so a sequence may have any length, and what is learned at one step serves at all:
      """
    )
    try book.list("rnn-chain", chain)
    try book.say(
      """
      The last hidden state depends on every input, though x(1) reaches it only by way of all the \
      states in between. How well it does is the next chapter's matter.
      """
    )
    book.draw("rnn-unrolled", LessonDiagrams.unrolledNetwork.svg)
    book.draw("rnn-states", states(of: network).svg)
  }

  private static var weights: [String] {
    func value(_ name: String) -> String {
      let number = HandworkedRNN.parameters.first { $0.name == name }?.value ?? .nan
      return name + " = " + LessonNumbers.short(number)
    }
    let rows = [["W1", "U11", "U12", "b1"], ["W2", "U21", "U22", "b2"]]
    return alignedLines(rows.map { $0.map(value) }, textColumns: 4)
  }

  private static let chain = [
    "        h(1)             h(2)             h(3)",
    "         ▲                ▲                ▲",
    "     ┌───┴───┐        ┌───┴───┐        ┌───┴───┐",
    "h(0) │       │  h(1)  │       │  h(2)  │       │  h(3)",
    "────▶│ W U b ├───────▶│ W U b ├───────▶│ W U b ├───────▶",
    "     │       │        │       │        │       │",
    "     └───▲───┘        └───▲───┘        └───▲───┘",
    "         │                │                │",
    "        x(1)             x(2)             x(3)",
  ]

  private static func states(of network: HandworkedRNN) -> LineChart {
    let steps = 0...HandworkedRNN.inputs.count
    func series(_ name: String, _ value: (Int) -> Double?) -> LineChart.Series {
      LineChart.Series(
        name: name,
        points: steps.compactMap { step in
          value(step).map { LineChart.Point(x: Double(step), y: $0) }
        }
      )
    }
    return LineChart(
      title: "What two units keep while three numbers are read",
      xLabel: "step",
      yLabel: "value",
      series: [
        series("input x") { $0 == 0 ? nil : HandworkedRNN.inputs[$0 - 1] },
        series("state h1") { network.ledger["h1(\($0))"].value },
        series("state h2") { network.ledger["h2(\($0))"].value },
      ],
      yRange: -1...1
    )
  }
}
