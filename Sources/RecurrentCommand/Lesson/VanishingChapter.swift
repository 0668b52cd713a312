import Recurrent
import RecurrentReports

/// Chapter 2: gradients that come back over many steps, by hand and measured.
enum VanishingChapter {
  static func tell(in book: inout LessonBook, threads: Int) throws {
    try byHand(in: &book)
    try book.say(
      """
      Now real networks, and measured. The task is the smallest that needs a memory: the first \
      number of a sequence is to be told after the last, and all in between are noise. Three \
      networks read it: a simple recurrent one, and two LSTMs (chapter 3 says what they do) that \
      differ in what is added to the bias of their forget gates at the start:
      """
    )
    try book.list("first-number-settings", settings)
    try measured(in: &book, threads: threads)
  }

  private static func byHand(in book: inout LessonBook) throws {
    try book.say(
      """
      To learn, a network needs to know how its cost L would change with each weight: the \
      gradient. By the chain rule it is computed from the end back to the beginning. Write δq for \
      ∂L/∂q, the rate at which the cost changes with a number q. The slope of tanh at z is \
      1 - tanh(z)², so a step back of the network of chapter 1 is

          δz(t) = δh(t) · (1 - h(t)²)        for each unit
          δh(t-1) = Uᵀ δz(t)                 Uᵀ: U with rows and columns swapped

      Suppose that the cost changes at rate 1 with both units after the third step. This is what \
      arrives at the first:
      """
    )
    var network = HandworkedRNN()
    for step in 1...HandworkedRNN.inputs.count { network.step(step) }
    _ = network.takeLines()
    network.goBack()
    try book.list("rnn-back", network.takeLines())
    try book.say(
      """
      Each step back multiplies by the slope of tanh, which is at most 1, and by U. Over k steps \
      that is a product of k such factors. Take a single unit whose factor is always u:
      """
    )
    try book.list("powers", powers)
    try book.say(
      """
      Below 1 the gradient vanishes, above 1 it explodes, and both at a pace that is exponential \
      in the number of steps. With many units the same holds of the matrices: a recurrent matrix \
      whose largest singular value is below 1 makes the gradient vanish, and one above 1 is \
      needed, though not enough, for it to explode (Pascanu, Mikolov, Bengio, 2013). An exploding \
      gradient can be cut to a fixed length before it is used. A vanished one holds no news that \
      could be made longer again: the network does not learn what came early.
      """
    )
  }

  private static var powers: [String] {
    let factors = [0.5, 0.9, 1, 1.1]
    let rows = [1, 5, 10, 20, 40].map { steps in
      ["\(steps)"]
        + factors.map { factor in
          LessonNumbers.scientific((1..<steps).reduce(factor) { power, _ in power * factor })
        }
    }
    let head = ["steps back"] + factors.map { "u = \(LessonNumbers.short($0))" }
    return alignedLines([head] + rows, textColumns: 0)
  }

  private static var settings: [String] {
    typealias Network = MeasuredNetwork
    let batches = Network.epochs * Network.trainingExamples / Network.batch
    return alignedLines(
      [
        ["sequences", "\(Network.steps) numbers: the first from -1 to 1, then noise, -0.5 to 0.5"],
        [
          "networks",
          "\(Network.hidden) units, PyTorch's starting values, seed \(Network.seeds[0])",
        ],
        ["LSTM, bias 1", "1 is added to the bias of the forget gates: σ(1) = \(open(1))"],
        ["LSTM, bias 4", "4 is added: σ(4) = \(open(4))"],
        ["cost", "squared error of the answer"],
        ["gradient", "Euclidean norm, the mean over \(Network.flowExamples) sequences"],
        [
          "training",
          "\(batches) steps of \(Network.batch) of \(Network.trainingExamples) sequences",
        ],
        ["optimizer", "Adam, learning rate \(Network.learningRate), gradients cut to norm 1"],
        ["test", "\(Network.testExamples) other sequences"],
      ],
      textColumns: 2
    )
  }

  /// How far a gate is open whose sum is a number.
  private static func open(_ sum: Double) -> String {
    LessonNumbers.fixed(LessonNumbers.sigmoid(sum), 3)
  }

  private static func measured(in book: inout LessonBook, threads: Int) throws {
    let networks = MeasuredNetwork.allCases
    let seed = MeasuredNetwork.seeds[0]
    let atStart = networks.map { GradientMeasurement($0, $0.model(seed: seed)) }
    try book.say(
      """
      Measured is the norm of the cost's gradient at the state after each step, as a share of that \
      at the hidden state after the last. An LSTM has two parts of state, the hidden state h and \
      the cell state c; c after the last step is read by nothing more. A share above 1 says that \
      more arrives than set out, as every step adds ways of its own. Before any training:
      """
    )
    try book.list("gradient-start", table(atStart))
    try book.say(
      """
      The simple network's gradient has all but gone when it arrives at the first number. The \
      LSTM's may decay too, yet at another pace: along its cell state the factor of a step is the \
      forget gate, and how far that is open is for the network to decide. With a bias of 1 the \
      gate begins near σ(1) = \(open(1)), with a bias of 4 near σ(4) = \(open(4)).

      After a short training:
      """
    )
    let trained = try networks.map { network in
      try MeasuredNetwork.seeds.map { try network.trained(seed: $0, threads: threads) }
    }
    let after = zip(networks, trained).map { GradientMeasurement($0, $1[0]) }
    try book.list("gradient-trained", table(after))
    try book.say(
      """
      What they had learned by then, from three seeds: the mean squared error of the answers to \
      other sequences.
      """
    )
    try book.list("first-number", outcomes(of: networks, trained, threads: threads))
    try book.say(
      """
      Where next to no gradient arrives from the first number, next to nothing is learned of it. \
      That is no law for a single training: a network can open the way as it learns. The simple \
      network's second table reaches further back than its first, only not soon enough here, and \
      from other starting values it gets there now and then. An LSTM whose gates begin open need \
      not rely on that.
      """
    )
    book.draw("vanishing-start", chart(atStart, "before training").svg)
    book.draw("vanishing-trained", chart(after, "after a short training").svg)
  }

  private static func table(_ results: [GradientMeasurement]) -> [String] {
    let columns = results.flatMap { result in
      result.paths.map { path in (network: result.network, path: path) }
    }
    let places = [0, 1, 2, 5, 10, 20, 30, 40, MeasuredNetwork.steps - 1]
    let names = ["steps"] + columns.map { $0.network.name.replacing(",", with: "") }
    let parts = ["back"] + columns.map { $0.path.isCell ? "c" : "h" }
    let rows = places.map { place in
      ["\(place)"]
        + columns.map { column in
          column.path.isCell && place == 0
            ? "-" : LessonNumbers.scientific(column.path.shares[place])
        }
    }
    return alignedLines([names, parts] + rows, textColumns: 0)
  }

  private static func outcomes(
    of networks: [MeasuredNetwork],
    _ trained: [[SequenceModel]],
    threads: Int
  ) -> [String] {
    let test = MeasuredNetwork.test
    let rows = zip(networks, trained).map { network, models in
      [network.name]
        + models.map { LessonNumbers.fixed($0.compare(with: test, threads: threads).cost, 4) }
    }
    let squares = (0..<test.count).map { index in
      let answer = Double(test.values(ofExample: index)[0])
      return answer * answer
    }
    let guessing = LessonNumbers.fixed(squares.reduce(0, +) / Double(squares.count), 4)
    let head = ["network"] + MeasuredNetwork.seeds.map { "seed \($0)" }
    let last = ["always 0"] + MeasuredNetwork.seeds.map { _ in guessing }
    return alignedLines([head] + rows + [last], textColumns: 1)
  }

  /// The gradient at the state that a memory would be held in.
  private static func chart(_ results: [GradientMeasurement], _ moment: String) -> LineChart {
    LineChart(
      title: "How far back the gradient comes, \(moment)",
      xLabel: "steps back from the end",
      yLabel: "gradient at the state, of that at the end",
      series: results.compactMap { result in
        result.paths.last.map { path in
          LineChart.Series(
            name: "\(result.network.name), \(path.part)",
            points: path.shares.enumerated().compactMap { place, share in
              path.isCell && place == 0 ? nil : LineChart.Point(x: Double(place), y: share)
            }
          )
        }
      },
      verticalScale: .logarithmic
    )
  }
}
