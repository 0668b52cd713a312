import Recurrent
import RecurrentTestSupport
import Testing

struct DenseTests {
  @Test(arguments: [[1, 4], [5, 4], [2, 3, 4], [4]] as [Shape])
  func `a dense layer multiplies and adds`(shape: Shape) {
    var numbers = SeededNumbers(30)
    let inputs = [numbers.tensor(shape), numbers.tensor([3, 4]), numbers.tensor([3])]
    expect(
      { Dense(weight: $0[1], bias: $0[2])($0[0]) },
      at: inputs,
      shape: Shape(shape.dimensions.dropLast() + [3])
    ) { point in
      Reference.dense(
        Reference.rows(point[0], of: 4),
        weight: Reference.rows(point[1], of: 4),
        bias: point[2]
      ).flatMap(\.self)
    }
  }

  @Test func `parameters are a weight and a bias`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let layer = Dense(inputSize: 4, outputSize: 3, using: &stream)
    #expect(layer.parameters.map(\.name) == ["weight", "bias"])
    #expect(layer.parameters.map(\.value.shape) == [[3, 4], [3]])
    #expect(layer.inputSize == 4 && layer.outputSize == 3)
  }
}
