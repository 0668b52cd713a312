import Recurrent
import RecurrentTestSupport
import Testing

struct GRUCellTests {
  // One unit: x = 1, h' = 0.5. r: 1 - 2 · 0.5 = 0 and z: 2 + 4 · 0.5 - 4 = 0, so both gates are 0.5.
  //
  //     inner bias 0.5   n = tanh(0.5 - 0.25 + 0.5 (2 · 0.5 + 0.5)) = tanh(1) = 0.7615941560
  //                      h = 0.5 · 0.7615941560 + 0.5 · 0.5 = 0.6307970780
  //     outer bias       n = tanh(0.5 - 0.25 + 0.5 · 2 · 0.5) = tanh(0.75) = 0.6351489524
  //                      h = 0.5675744762
  private let weights = RecurrentWeights(
    input: Tensor([1, 2, 0.5], shape: [3, 1]),
    recurrent: Tensor([-2, 4, 2], shape: [3, 1]),
    bias: Tensor([0, -4, -0.25])
  )

  private func step(_ cell: GRUCell) -> Float {
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: Tensor([0.5], shape: [1, 1]))
    #expect(state == output)
    return output.scalar
  }

  @Test func `a step with either bias worked by hand`() {
    #expect(abs(step(GRUCell(weights, innerBias: Tensor([0.5]))) - 0.6307970780) <= 1.2e-7)
    #expect(abs(step(GRUCell(weights, convention: .resetAfterOuterBias)) - 0.5675744762) <= 1.2e-7)
  }

  // Two units tell the sides of the product apart. h' = [0.5, 0.25]; the reset gates are 1 and 0
  // (sums of ±200), the update gates 0.5, and U exchanges the units and doubles them.
  //
  //     after    r (U h') = [1, 0] [0.5, 1] = [0.5, 0]    h = [0.5 tanh(0.5) + 0.25, 0.125]
  //     before   U (r h') = U [0.5, 0] = [0, 1]           h = [0.25, 0.5 tanh(1) + 0.125]
  @Test func `the reset gate acts on its side of the product, worked by hand`() {
    let weights = RecurrentWeights(
      input: .zeros([6, 1]),
      recurrent: Tensor([0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0], shape: [6, 2]),
      bias: Tensor([200, -200, 0, 0, 0, 0])
    )
    let wanted: [GRUCell.Convention: [Float]] = [
      .resetAfter: [0.4810585786, 0.125], .resetAfterOuterBias: [0.4810585786, 0.125],
      .resetBefore: [0.25, 0.5057970780],
    ]
    for (convention, want) in wanted {
      let cell = GRUCell(weights, convention: convention)
      let h = cell(.zeros([1, 1]), state: Tensor([0.5, 0.25], shape: [1, 2])).output
      #expect(largestDistance(h.elements, want) <= 1.2e-7)
    }
  }

  @Test func `PyTorch's two biases become one and the candidate's own`() {
    let cell = GRUCell(
      input: .zeros([6, 1]),
      recurrent: .zeros([6, 2]),
      inputBias: Tensor([1, 2, 3, 4, 5, 6]),
      recurrentBias: Tensor([10, 20, 30, 40, 50, 60])
    )
    #expect(cell.weights.bias == Tensor([11, 22, 33, 44, 5, 6]))
    #expect(cell.innerBias == Tensor([50, 60]))
  }

  @Test(arguments: GRUCell.Convention.allCases)
  func `parameters are listed in a fixed order`(convention: GRUCell.Convention) {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = GRUCell(inputSize: 3, hiddenSize: 4, convention: convention, using: &stream)
    let names = ["weight_ih", "weight_hh", "bias_ih", "bias_hn"]
    let shapes: [Shape] = [[12, 3], [12, 4], [12], [4]]
    let count = convention == .resetAfter ? 4 : 3
    #expect(cell.parameters.map(\.name) == Array(names[..<count]))
    #expect(cell.parameters.map(\.value.shape) == Array(shapes[..<count]))
  }

  @Test func `a cell is written in another convention where that is exact`() throws {
    let outer = GRUCell(weights, convention: .resetAfterOuterBias)
    let inner = try outer.converted(to: .resetAfter)
    #expect(inner.convention == .resetAfter && inner.innerBias == Tensor([0]))
    #expect(step(inner) == step(outer))
    let again = try inner.converted(to: .resetAfterOuterBias)
    #expect(again.convention == .resetAfterOuterBias && again.innerBias == nil)
    #expect(step(again) == step(outer))
    for convention in GRUCell.Convention.allCases {
      let cell = GRUCell(weights, convention: convention)
      #expect(try step(cell.converted(to: convention)) == step(cell))
    }
  }

  @Test func `a conversion that would change the function is refused and says why`() {
    let inner = GRUCell(weights, innerBias: Tensor([0.5]))
    #expect(throws: GRUCell.ConversionError.innerBiasIsNotZero) {
      try inner.converted(to: .resetAfterOuterBias)
    }
    #expect(
      "\(GRUCell.ConversionError.innerBiasIsNotZero)"
        == "a GRU whose candidate has an inner bias other than 0 cannot be written with one outer bias"
    )
    for other in [GRUCell.Convention.resetAfter, .resetAfterOuterBias] {
      let there = GRUCell.ConversionError.resetActsElsewhere(from: other, to: .resetBefore)
      #expect(throws: there) {
        try GRUCell(weights, convention: other).converted(to: .resetBefore)
      }
      #expect(throws: GRUCell.ConversionError.resetActsElsewhere(from: .resetBefore, to: other)) {
        try GRUCell(weights, convention: .resetBefore).converted(to: other)
      }
    }
    #expect(
      "\(GRUCell.ConversionError.resetActsElsewhere(from: .resetAfter, to: .resetBefore))"
        == """
        a GRU of convention resetAfter cannot be written as resetBefore: the reset gate acts on the \
        other side of the recurrent product
        """
    )
  }

  @Test func `an inner bias where there is none traps`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = RecurrentWeights(
        input: .zeros([3, 1]),
        recurrent: .zeros([3, 1]),
        bias: .zeros([3])
      )
      _ = GRUCell(weights, convention: .resetBefore, innerBias: Tensor([0]))
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self).contains(
        "a GRU cell of convention resetBefore needs no inner bias, got one of shape [1]"
      )
    )
  }
}
