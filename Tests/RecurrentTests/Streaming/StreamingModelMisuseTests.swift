import Recurrent
import Testing

struct StreamingModelMisuseTests {
  private static func lstm(_ inputSize: Int, _ hiddenSize: Int) -> LSTM {
    var stream = RandomStream(seed: 96, purpose: .testing)
    return LSTM(inputSize: inputSize, hiddenSize: hiddenSize, using: &stream)
  }

  /// A layer the kernels do not know.
  private struct Doubling: RecurrentLayer {
    var inputSize: Int { 5 }
    var outputSize: Int { 5 }
    func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
      LayerOutput(outputs: input + input, in: pass)
    }
    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {}
  }

  private func said(_ result: ExitTest.Result?) throws -> String {
    String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
  }

  @Test func `a layer that cannot run step by step is refused by name`() {
    let error = #expect(throws: StreamingError.self) {
      try StreamingModel(layers: [Self.lstm(3, 5), Doubling()])
    }
    #expect(error?.layer == 1)
    #expect(
      error?.description
        == "layer 1 is a Doubling, which cannot be streamed; only built-in layers with kernels can"
    )
  }

  @Test func `a layer that reads from the end is refused`() {
    var layer = Self.lstm(3, 5)
    layer.isReversed = true
    let both = Bidirectional(forward: Self.lstm(3, 5), backward: Self.lstm(3, 5))
    for refused: any RecurrentLayer in [layer, both] {
      let error = #expect(throws: StreamingError.self) {
        try StreamingModel(layers: [refused])
      }
      #expect(error?.reason == .readsBackward)
      #expect(error?.description.contains("it reads from the end") == true)
    }
  }

  @Test func `layers that do not fit trap and say both sizes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try StreamingModel(layers: [Self.lstm(3, 5), Self.lstm(6, 2)])
    }
    #expect(
      try said(result).contains("a layer that gives 5 features cannot feed one that reads 6")
    )
  }

  @Test func `an input of another size traps and says all sizes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(layers: [Self.lstm(3, 5)])
      var state = model.makeState()
      _ = model.step([1, 2], state: &state)
    }
    #expect(
      try said(result).contains("needs an input [3] and an output [5], got [2] and [5]")
    )
  }

  @Test func `an output of another size traps and says all sizes`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(layers: [Self.lstm(3, 5)])
      var state = model.makeState()
      let input: ContiguousArray<Float> = [1, 2, 3]
      var output = ContiguousArray<Float>(repeating: 0, count: 6)
      var target = output.mutableSpan
      model.step(input.span, state: &state, output: &target)
    }
    #expect(
      try said(result).contains("needs an input [3] and an output [5], got [3] and [6]")
    )
  }

  @Test func `a state of other layers traps and says both`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(layers: [Self.lstm(3, 5)])
      var state = try StreamingModel(layers: [Self.lstm(3, 6), Self.lstm(6, 5)]).makeState()
      _ = model.step([1, 2, 3], state: &state)
    }
    #expect(
      try said(result).contains(
        "a StreamingModel of LSTM 3 -> 5 cannot take a state of LSTM 3 -> 6, LSTM 6 -> 5"
      )
    )
  }

  @Test func `parts of another size trap and say which layer`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(layers: [Self.lstm(3, 2)])
      _ = model.makeState([StreamingModel.State.Layer(hidden: [1, 2])])
    }
    #expect(
      try said(result).contains(
        "layer 0 needs a hidden state [2] and 1 further states [2], got [2] and []"
      )
    )
  }

  @Test func `parts of too few layers trap and say how many`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try StreamingModel(layers: [Self.lstm(3, 2)])
      _ = model.makeState([])
    }
    #expect(
      try said(result).contains("a StreamingModel of LSTM 3 -> 2 needs 1 layers' states, got 0")
    )
  }
}
