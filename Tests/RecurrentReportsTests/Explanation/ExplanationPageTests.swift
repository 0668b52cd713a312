import RecurrentTestSupport
import Testing

@testable import RecurrentReports

@Suite("The page of an explained example")
struct ExplanationPageTests {
  private static let steps = 3

  private func page(_ input: ExplanationPage.Input, runName: String = "a run") -> ExplanationPage {
    ExplanationPage(
      title: "LSTM reading <example> 1",
      runName: runName,
      summary: "It says “a & b”.",
      stepNoun: "row",
      steps: Self.steps,
      input: input,
      inputNote: "A note.",
      answers: .init(
        .probabilities,
        names: ["a & b", "</script><b>"],
        values: [0.25, 0.75, 0.5, 0.5, 0.99995, 0.00005],
        truth: 1
      ),
      attributions: [
        .init(
          name: "integrated gradients",
          note: "Sum.",
          values: [1, -2, 3, 4, 5, 6],
          bySteps: [1, 2, 3]
        )
      ],
      layers: [
        .init(
          name: "lstm_l0",
          title: "Layer 0",
          isReversed: false,
          units: 2,
          gates: [.init(name: "forget", values: [0, 0.1, 0.2, 0.3, 0.4, 1], range: 0...1)],
          states: [.init(name: "cell state", values: [-1.5, 0, 1, 2, -0.0, 0.3], range: -2...2)],
          initial: ["cell state": [0.5, 0]],
          sums: [
            GateSum(
              "forget",
              "f",
              .sigmoid,
              fromInput: [1, 2, 3, 4, 5, 6],
              fromState: [0, 0, 0.5, 0, 0, -1],
              bias: [1, 0.25]
            )
          ],
          equations: [
            UnitEquation(
              "cell state",
              "c",
              terms: [[.init("forget", "f"), .init("cell state", "c", isBefore: true)]]
            )
          ]
        )
      ]
    )
  }

  @Test("The numbers in the page are those it was given, bit for bit")
  func exactNumbers() throws {
    let html = page(.image(columns: 2, pixels: [0, 1, 2, 3, 4, 5])).html
    let numbers = try #require(PageNumbers(html))
    let signals = try #require(numbers.parts("layers").first).parts("signals")
    #expect(signals.map { $0.value("name") } == ["forget", "cell state"])
    #expect(signals.first?.floats("values") == [0, 0.1, 0.2, 0.3, 0.4, 1])
    let state: [Float] = [-1.5, 0, 1, 2, -0.0, 0.3]
    #expect(signals.last?.floats("values")?.map(\.bitPattern) == state.map(\.bitPattern))
    let sum = try #require(numbers.parts("layers").first?.parts("sums").first)
    #expect(sum.value("function") == "σ" && sum.floats("bias") == [1, 0.25])
    #expect(sum.floats("fromInput") == [1, 2, 3, 4, 5, 6])
    #expect(sum.floats("fromState") == [0, 0, 0.5, 0, 0, -1])
    let answers = try #require(numbers.part("answers"))
    #expect(answers.floats("values") == [0.25, 0.75, 0.5, 0.5, 0.99995, 0.00005])
    #expect(answers.value("truth") == 1)
    let input = try #require(numbers.part("input"))
    #expect(input.floats("values") == [0, 1, 2, 3, 4, 5])
    #expect(input.value("rows") == 3 && input.value("columns") == 2)
    let attribution = try #require(numbers.parts("attributions").first)
    #expect(attribution.floats("values") == [1, -2, 3, 4, 5, 6])
    #expect(attribution.floats("bySteps") == [1, 2, 3])
  }

  @Test("Names cannot break out of the page")
  func escaping() {
    let html = page(.text(tokens: ["<", "&", "\""])).html
    // The page's own two, the numbers' and the script's.
    #expect(html.matches(of: /<\/script>/).count == 2)
    #expect(!html.contains("<b>\""))
    #expect(html.contains("LSTM reading &lt;example&gt; 1"))
    #expect(html.contains("<li>&lt;</li><li>&amp;</li>"))
    #expect(PageNumbers(html)?.part("answers")?.value("names") == ["a & b", "</script><b>"])
  }

  @Test("The table tells the answers without the script, the likeliest first")
  func table() {
    let html = page(.series(names: ["x", "y"], values: [1, 2, 3, 4, 5, 6])).html
    #expect(html.contains("<tr><th scope=\"row\">1</th><td>&lt;/script&gt;&lt;b&gt; 75%</td>"))
    #expect(html.contains("<tr><th scope=\"row\">3</th><td>a &amp; b &gt;99.99%</td>"))
  }

  @Test("The page asks for nothing but itself")
  func selfContained() {
    let html = page(.text(tokens: ["a", "b", "c"])).html
    #expect(html.contains("default-src 'none'"))
    for word in ["http:", "https:", "src=\"", "href=", "@import", "fetch(", "XMLHttpRequest"] {
      #expect(!html.contains(word), "\(word)")
    }
  }
}
