import RecurrentReports

/// The lesson's drawings of what is computed from what.
enum LessonDiagrams {
  private typealias Place = BlockDiagram.Place

  /// Three steps of a simple recurrent network side by side.
  static var unrolledNetwork: BlockDiagram {
    let (left, spacing, middle) = (140.0, 190.0, 130.0)
    let modules = (0..<3).map { left + spacing * Double($0) }
    var arrows: [BlockDiagram.Arrow] = []
    var labels: [BlockDiagram.Label] = []
    for (index, x) in modules.enumerated() {
      arrows.append(.init([Place(x - spacing + 50, middle), Place(x - 50, middle)], color: 1))
      arrows.append(.init([Place(x, 230), Place(x, middle + 35)]))
      arrows.append(.init([Place(x, middle - 35), Place(x, 30)]))
      labels.append(.init("h(\(index))", at: Place(x - spacing / 2, middle - 12)))
      labels.append(.init("x(\(index + 1))", at: Place(x, 250)))
      labels.append(.init("h(\(index + 1))", at: Place(x, 20)))
    }
    let end = modules[2]
    arrows.append(.init([Place(end + 50, middle), Place(end + spacing - 50, middle)], color: 1))
    labels.append(.init("h(3)", at: Place(end + spacing / 2, middle - 12)))
    return BlockDiagram(
      title: "One module, repeated: every step has the same W, U and b",
      summary: """
        Three equal boxes in a row. Each reads an input from below and the hidden state from the left, \
        and gives the new hidden state upwards and to the right.
        """,
      width: end + spacing - 50,
      height: 260,
      boxes: modules.map {
        .init(middle: Place($0, middle), width: 100, height: 70, text: "W, U, b")
      },
      arrows: arrows,
      labels: labels
    )
  }

  /// A step of an LSTM: the belt above, the gates below.
  static var lstmStep: BlockDiagram {
    let (belt, row, gates, wire) = (50.0, 140.0, 230.0, 300.0)
    let (forget, input, candidate, output) = (140.0, 240.0, 330.0, 450.0)
    let (tanh, end) = (540.0, 660.0)
    func circle(_ x: Double, _ y: Double, _ text: String) -> BlockDiagram.Box {
      .init(middle: Place(x, y), width: 28, height: 28, text: text, isRound: true)
    }
    func gate(_ x: Double, _ text: String) -> BlockDiagram.Box {
      .init(middle: Place(x, gates), width: 64, height: 36, text: text)
    }
    let rising = [forget, input, candidate, output].map { x in
      BlockDiagram.Arrow([Place(x, wire), Place(x, gates + 18)])
    }
    return BlockDiagram(
      title: "A step of an LSTM: the belt above, the gates below",
      summary: """
        The cell state runs along the top from left to right. It is multiplied by the forget gate, and \
        the candidate times the input gate is added. Below, tanh of the cell state times the output \
        gate is the hidden state. All gates read the input and the hidden state before.
        """,
      width: end,
      height: 330,
      boxes: [
        gate(forget, "σ"), gate(input, "σ"), gate(candidate, "tanh"), gate(output, "σ"),
        circle(forget, belt, "×"), circle(candidate, row, "×"), circle(candidate, belt, "+"),
        circle(tanh, row + 20, "×"),
        .init(middle: Place(tanh, belt + 50), width: 56, height: 30, text: "tanh"),
      ],
      arrows: [
        .init([Place(0, belt), Place(forget - 14, belt)], color: 1),
        .init([Place(forget + 14, belt), Place(candidate - 14, belt)], color: 1),
        .init([Place(candidate + 14, belt), Place(end, belt)], color: 1),
        .init([Place(0, wire), Place(output, wire)], hasHead: false),
      ] + rising + [
        .init([Place(forget, gates - 18), Place(forget, belt + 14)]),
        .init([Place(input, gates - 18), Place(input, row), Place(candidate - 14, row)]),
        .init([Place(candidate, gates - 18), Place(candidate, row + 14)]),
        .init([Place(candidate, row - 14), Place(candidate, belt + 14)]),
        .init([Place(output, gates - 18), Place(output, row + 20), Place(tanh - 14, row + 20)]),
        .init([Place(tanh, belt), Place(tanh, belt + 35)]),
        .init([Place(tanh, belt + 65), Place(tanh, row + 6)]),
        .init([Place(tanh, row + 34), Place(tanh, wire), Place(end, wire)]),
      ],
      labels: [
        .init("c(t-1)", at: Place(30, belt - 12)), .init("c(t)", at: Place(end - 30, belt - 12)),
        .init("h(t-1), x(t)", at: Place(50, wire - 12)),
        .init("h(t)", at: Place(end - 30, wire - 12)),
        .init("f", at: Place(forget - 14, gates - 32)),
        .init("i", at: Place(input - 14, gates - 32)),
        .init("g", at: Place(candidate - 14, gates - 32)),
        .init("o", at: Place(output - 14, gates - 32)),
      ]
    )
  }
}
