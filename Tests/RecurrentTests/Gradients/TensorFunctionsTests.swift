import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct TensorFunctionsTests {
  /// A function of the library and what it should be.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let tensor: @Sendable (Tensor) -> Tensor
    let number: @Sendable (Double) -> Double
    var range: ClosedRange<Float> = -3...3
  }

  static let functions = [
    Function(testDescription: "sigmoid", tensor: { sigmoid($0) }, number: Reference.sigmoid),
    Function(testDescription: "tanh", tensor: { tanh($0) }, number: { Foundation.tanh($0) }),
    Function(testDescription: "relu", tensor: { relu($0) }, number: Reference.relu),
    Function(
      testDescription: "exp",
      tensor: { exp($0) },
      number: { Foundation.exp($0) },
      range: -2...1
    ),
    Function(
      testDescription: "log",
      tensor: { log($0) },
      number: { Foundation.log($0) },
      range: 0.3...4
    ),
    Function(
      testDescription: "logSigmoid",
      tensor: { logSigmoid($0) },
      number: { -Foundation.log(1 + Foundation.exp(-$0)) }
    ),
  ]

  @Test(arguments: functions, [[1], [5, 7], [2, 3, 6]] as [Shape])
  func `a function has its values and its derivative`(function: Function, shape: Shape) {
    var numbers = SeededNumbers(2)
    expect(
      { function.tensor($0[0]) },
      at: [numbers.tensor(shape, in: function.range)],
      shape: shape
    ) { $0[0].map(function.number) }
  }

  @Test func `functions of functions follow the chain rule`() {
    var numbers = SeededNumbers(3)
    expect(
      { tanh(log(exp($0[0]) + sigmoid($0[1])) * relu($0[0])) },
      at: [numbers.tensor([4, 3]), numbers.tensor([3])],
      shape: [4, 3]
    ) { point in
      point[0].indices.map { n in
        let sum = Foundation.exp(point[0][n]) + Reference.sigmoid(point[1][n % 3])
        return Foundation.tanh(Foundation.log(sum) * Reference.relu(point[0][n]))
      }
    }
  }

  @Test func `the derivative of relu at zero is zero`() {
    let gradient = valueWithGradient(at: Tensor([-1, -0.0, 0, 1])) { relu($0).sum() }.gradient
    #expect(gradient.tensors[0].elements == [0, 0, 0, 1])
  }

  // At 0 the function is smooth, though it is computed from a magnitude; far below 0 it is x itself,
  // of which the logistic function's own logarithm knows nothing.
  @Test func `the logarithm of the logistic function holds everywhere`() {
    let x = Tensor([0, -0.0, -200, -.infinity, 200, .infinity, .nan])
    let y = logSigmoid(x).elements
    #expect(abs(y[0] + 0.6931471806) <= 6e-8 && y[1] == y[0])
    #expect(y[2] == -200 && y[3] == -.infinity && y[4] == 0 && y[5] == 0 && y[6].isNaN)
    let slopes = valueWithGradient(at: x) { logSigmoid($0).sum() }.gradient.tensors[0].elements
    #expect(slopes[..<6] == [0.5, 0.5, 1, 1, 0, 0])
  }

  @Test func `limits are exact`() {
    let x = Tensor([-.infinity, 0, .infinity, .nan])
    #expect(sigmoid(x).elements[..<3] == [0, 0.5, 1])
    #expect(tanh(x).elements[..<3] == [-1, 0, 1])
    #expect(relu(x).elements[..<3] == [0, 0, .infinity])
    #expect(exp(x).elements[..<3] == [0, 1, .infinity])
    #expect(log(x).elements[1...2] == [-.infinity, .infinity])
    #expect(log(Tensor(-1)).scalar.isNaN)
    for y in [sigmoid(x), tanh(x), relu(x), exp(x), log(x)] {
      #expect(y.elements[3].isNaN)
    }
  }
}
