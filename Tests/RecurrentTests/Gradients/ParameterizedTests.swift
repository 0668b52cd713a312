import Recurrent
import RecurrentTestSupport
import Testing

struct ParameterizedTests {
  private struct Pair: Parameterized {
    var first: Dense
    var scale: Tensor

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try first.visitParameters { try visit("first.\($0)", &$1) }
      try visit("scale", &scale)
    }
  }

  private let pair = Pair(
    first: Dense(weight: Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), bias: Tensor([7, 8])),
    scale: Tensor(2)
  )

  @Test func `parameters are listed in order with their names`() {
    #expect(pair.parameters.map(\.name) == ["first.weight", "first.bias", "scale"])
    #expect(pair.parameters.map(\.value) == [pair.first.weight, pair.first.bias, pair.scale])
    #expect(pair.parameterCount == 9)
    #expect(Tensor([1, 2]).parameters.map(\.name) == ["value"])
  }

  @Test func `nested lists name parameters by their indices`() {
    let nested = [[pair], [], [pair, pair]]
    let names = ["first.weight", "first.bias", "scale"]
    #expect(
      nested.parameters.map(\.name)
        == names.map { "0.0.\($0)" } + names.map { "2.0.\($0)" } + names.map { "2.1.\($0)" }
    )
    #expect(nested.parameterCount == 27)
    #expect([Tensor]().parameterCount == 0)
  }

  @Test func `what a visit changes is changed in place`() {
    var nested = [[pair], [pair]]
    nested.visitParameters { name, parameter in
      if name == "1.0.scale" { parameter = Tensor(9) }
    }
    #expect(nested[0][0].scale == Tensor(2))
    #expect(nested[1][0].scale == Tensor(9))
  }

  @Test func `gradients of nested models are found by name`() {
    let input = Tensor([1, 0, -1], shape: [1, 3])
    let (value, gradient) = valueWithGradient(at: [[pair], [pair]]) { models in
      (models[0][0].first(input) * models[1][0].scale).sum()
    }
    // (1 - 3 + 7) * 2 + (4 - 6 + 8) * 2
    #expect(value.scalar == 22)
    #expect(gradient.names == [[pair], [pair]].parameters.map(\.name))
    #expect(gradient["0.0.first.weight"]?.elements == [2, 0, -2, 2, 0, -2])
    #expect(gradient["0.0.first.bias"]?.elements == [2, 2])
    #expect(gradient["0.0.scale"]?.elements == [0])
    #expect(gradient["1.0.scale"]?.elements == [11])
    #expect(gradient["1.0.first.weight"]?.elements == [Float](repeating: 0, count: 6))
    #expect(gradient["no such parameter"] == nil)
  }

  @Test func `a copy of a model is independent`() {
    var copy = pair
    copy.first.weight[0, 0] = 100
    #expect(pair.first.weight[0, 0] == 1)
  }
}
