import Testing

@testable import RecurrentReports

struct BlockDiagramTests {
  private let diagram = BlockDiagram(
    title: "A & B",
    summary: "A feeds B.",
    width: 200,
    height: 100,
    boxes: [
      .init(middle: .init(20, 50), width: 40, height: 20, text: "A<1>"),
      .init(middle: .init(180, 50), width: 30, height: 30, text: "B", isRound: true),
    ],
    arrows: [
      .init([.init(40, 50), .init(100, 50), .init(100, 90)], color: 1),
      .init([.init(40, 50), .init(165, 50)], hasHead: false),
      .init([.init(1, 1)]),
      .init([.init(5, 5), .init(5, 5)]),
    ],
    labels: [.init("a(t)", at: .init(70, 40))]
  )

  @Test func `boxes and labels are told in text that needs no escaping by the caller`() {
    let markup = WellFormedMarkup(diagram.svg)
    #expect(markup.problem == nil)
    for text in ["A & B", "A feeds B.", "A<1>", "a(t)"] { #expect(markup.text.contains(text)) }
    #expect(markup.values(of: "rx") == ["6", "6", "15", "15"])
    #expect(markup.values(of: "width").first == "248")
  }

  @Test func `an arrow ends with the tip of its head at its last place`() {
    let lines = diagram.svg.split(separator: "\n").filter { $0.contains("<path") }
    // The margins move all by 24 and 58; a head is 9 long and 10 wide.
    #expect(lines[0].contains(#"class="line s1" d="M64,108L124,108L124,139""#))
    #expect(lines[1].contains(#"class="mark s1" d="M124,148L119,139L129,139z""#))
    #expect(lines[2].contains(#"class="line s0" d="M64,108L189,108""#))
    #expect(lines.count == 4)
  }
}
