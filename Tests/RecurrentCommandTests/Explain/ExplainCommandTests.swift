import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

@Suite("recurrent explain and trace")
struct ExplainCommandTests {
  let workbench: Workbench

  init() async throws {
    workbench = try Workbench()
    try await workbench.trainSmall()
  }

  private func model(_ run: String) throws -> SequenceModel {
    try SequenceModel(contentsOf: "\(workbench.path)/runs/\(run)/model.safetensors")
  }

  /// An image of the small test set, as the model reads it.
  private func image(_ index: Int) -> Tensor {
    Tensor(SmallImages.pixels(ofExample: index).map { Float($0) * (1 / 255) }, shape: [1, 28, 28])
  }

  @Test func `the probabilities and gates in the page are the library's, bit for bit`() async throws
  {
    let run = try await workbench.succeed("explain small --example 3")
    #expect(run.output.contains("Page: runs/small/explain-test-3.html"))
    let html = try workbench.bytes(of: "runs/small/explain-test-3.html")
    let numbers = try #require(PageNumbers(String(decoding: html, as: UTF8.self)))
    let (model, image) = (try model("small"), image(3))

    let shown = try #require(numbers.part("answers")?.floats("values"))
    for step in 1...28 {
      let prefix = softmax(model(image.slice(0..<step, along: 1))).elements
      #expect(Array(shown[(step - 1) * 10..<step * 10]) == prefix)
    }

    let trace = try #require(model.gateTraces(of: image).first)
    let layer = try #require(numbers.parts("layers").first)
    let (signals, told) = (layer.parts("signals"), trace.gates + trace.states)
    #expect(signals.map { $0.value("name") } == told.map(\.name) && told.count == 6)
    for (signal, told) in zip(signals, told) {
      #expect(signal.floats("values") == told.values.elements)
    }
    #expect(layer.parts("equations").map { $0.value("symbol") } == ["c", "h"])
    #expect(layer.parts("sums").map { $0.value("gate") } == told.prefix(4).map(\.name))
  }

  @Test func `a gate's sum in the page gives the gate`() async throws {
    try await workbench.trainSmall("both", options: "--cell gru --bidirectional --hidden 6,5")
    try await workbench.succeed("explain both --example 3")
    let html = try workbench.bytes(of: "runs/both/explain-test-3.html")
    let layers = try #require(PageNumbers(String(decoding: html, as: UTF8.self))).parts("layers")
    #expect(layers.count == 4)
    for layer in layers {
      #expect(layer.parts("equations").count == 1)
      let sums = layer.parts("sums")
      #expect(sums.map { $0.value("gate") } == ["reset", "update"])
      for sum in sums {
        let name: String? = sum.value("gate")
        let gate = layer.parts("signals").first { $0.value("name") == name }?.floats("values")
        let (fromInput, fromState) = try (
          #require(sum.floats("fromInput")), #require(sum.floats("fromState"))
        )
        let bias = try #require(sum.floats("bias"))
        let sums = fromInput.indices.map { fromInput[$0] + fromState[$0] + bias[$0 % bias.count] }
        let given = sigmoid(Tensor(sums)).elements
        #expect(zip(given, try #require(gate)).allSatisfy { ($0 - $1).magnitude < 1e-5 })
      }
    }
  }

  @Test func `what is printed is right`() async throws {
    let run = try await workbench.succeed("explain small --example 3 --output page.html")
    let model = try model("small")
    let answer = softmax(model(image(3)))
    let best = (0..<10).max { answer[0, $0] < answer[0, $1] } ?? 0
    #expect(
      run.lines.first?.hasPrefix(
        "test example 3 of MNIST: It says “\(best)”, \(percent(Double(answer[0, best]))) sure"
      ) == true
    )
    #expect(run.lines.first?.contains(best == 3 ? "and is right" : "it is “3”") == true)
    let off = try #require(run.output.firstMatch(of: /: (\d+\.\d+)% off/)).output.1
    #expect(try #require(Double(off)) < 1)
    #expect(run.lines.last?.contains("Page: page.html") == true)
  }

  @Test func `a trace holds the arrays of the library`() async throws {
    try await workbench.succeed("trace small --example 3 --output out.safetensors")
    let file = try SafetensorsFile(contentsOf: workbench.path + "/out.safetensors")
    let trace = try #require(try model("small").gateTraces(of: image(3)).first)
    for signal in trace.gates + trace.states {
      let name = "lstm_l0.\(signal.name.replacing(" ", with: "_"))"
      #expect(try file.tensor(named: name).elements == signal.values.elements)
    }
    #expect(try file.tensor(named: "input").elements == image(3).elements)
    try await workbench.succeed("trace small --output out.csv")
    let lines = String(decoding: try workbench.bytes(of: "out.csv"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.first == "array,step,place,value")
    // The header, the pixels, the answers, and six gates and states of eight units.
    let numbers: Int = 28 * (28 + 10 + 6 * 8)
    #expect(lines.count == 1 + numbers)
    try await workbench.succeed("trace small")
    #expect(try workbench.names(in: "runs/small").contains("trace-test-0.npz"))
  }

  @Test func `bad input is told in a line and leaves nothing`() async throws {
    try await workbench.fail("explain none", exitCode: 1, saying: "there is no run here")
    try await workbench.fail(
      "explain small --example 50",
      exitCode: 1,
      saying: "there is no example 50",
      "0 to 49"
    )
    try await workbench.fail("explain small --example -1", exitCode: 1, saying: "no example -1")
    try await workbench.fail("explain small --example no.png", exitCode: 1, saying: "no.png")
    try workbench.write([1, 2, 3], to: "bad.png")
    try await workbench.fail("explain small --example bad.png", exitCode: 1, saying: "bad.png")
    try await workbench.fail("explain small --steps 0", exitCode: 2, saying: "--steps")
    try await workbench.fail(
      "explain small --output no/where.html",
      exitCode: 1,
      saying: "no/where.html"
    )
    try await workbench.fail("trace small --output out.txt", exitCode: 2, saying: "out.txt", ".npz")
  }
}
