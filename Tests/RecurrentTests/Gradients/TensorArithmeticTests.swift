import Recurrent
import RecurrentTestSupport
import Testing

struct TensorArithmeticTests {
  /// Two operands and the shape they are stretched to.
  struct Stretch: Sendable, CustomTestStringConvertible {
    let a: Shape
    let b: Shape
    let result: Shape
    var testDescription: String { "\(a) with \(b)" }

    init(_ a: Shape, _ b: Shape, _ result: Shape) {
      (self.a, self.b, self.result) = (a, b, result)
    }
  }

  enum Operation: String, CaseIterable {
    case sum, difference, product, quotient

    func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
      switch self {
      case .sum: a + b
      case .difference: a - b
      case .product: a * b
      case .quotient: a / b
      }
    }

    func callAsFunction(_ a: Double, _ b: Double) -> Double {
      switch self {
      case .sum: a + b
      case .difference: a - b
      case .product: a * b
      case .quotient: a / b
      }
    }
  }

  static let stretches = [
    Stretch([], [], []),
    Stretch([5], [5], [5]),
    Stretch([3, 17], [3, 17], [3, 17]),
    Stretch([2, 3], [], [2, 3]),
    Stretch([], [2, 3], [2, 3]),
    Stretch([1], [4], [4]),
    Stretch([4], [1, 1, 1], [1, 1, 4]),
    Stretch([3, 4], [4], [3, 4]),
    Stretch([4], [3, 4], [3, 4]),
    Stretch([3, 4], [3, 1], [3, 4]),
    Stretch([3, 1], [1, 4], [3, 4]),
    Stretch([2, 3, 4], [2, 1, 4], [2, 3, 4]),
    Stretch([2, 1, 4], [2, 3, 4], [2, 3, 4]),
    Stretch([2, 1, 4], [1, 3, 1], [2, 3, 4]),
    Stretch([2, 3, 4], [3, 1], [2, 3, 4]),
    Stretch([2, 1, 3, 1], [5, 1, 2], [2, 5, 3, 2]),
    Stretch([3, 1, 1, 2], [1, 2, 2, 1], [3, 2, 2, 2]),
    Stretch([1, 18], [2, 1], [2, 18]),
  ]

  @Test(arguments: Operation.allCases, stretches)
  func `arithmetic stretches operands and sums their gradients`(
    operation: Operation,
    stretch: Stretch
  ) {
    var numbers = SeededNumbers(1)
    let a = numbers.tensor(stretch.a, in: -2...2)
    // Away from zero, where a quotient is too steep for differences.
    let b = numbers.tensor(stretch.b, in: 0.5...2)
    func element(_ list: [Double], _ shape: Shape, _ place: [Int]) -> Double {
      let own = zip(place.suffix(shape.rank), shape.dimensions).map { $1 == 1 ? 0 : $0 }
      return list[offset(of: own, in: shape)]
    }
    expect({ operation($0[0], $0[1]) }, at: [a, b], shape: stretch.result) { point in
      places(in: stretch.result).map {
        operation(element(point[0], stretch.a, $0), element(point[1], stretch.b, $0))
      }
    }
  }

  @Test func `a number stands for a tensor of rank 0`() {
    let x = Tensor([1, 2, 3])
    #expect(1 - x == Tensor([0, -1, -2]))
    #expect(x * 2.5 == Tensor([2.5, 5, 7.5]))
    #expect(-x == Tensor([-1, -2, -3]))
  }

  @Test func `negation has gradient minus one`() {
    let (value, gradient) = valueWithGradient(at: Tensor([1, -2])) { (-$0).sum() }
    #expect(value.scalar == 1)
    #expect(gradient.tensors == [Tensor([-1, -1])])
  }

  @Test func `a gradient of only one operand leaves the other alone`() {
    let other = Tensor([3, 4])
    let x = Tensor([5, 6])
    #expect(valueWithGradient(at: x) { ($0 * other).sum() }.gradient.tensors == [other])
    #expect(valueWithGradient(at: x) { (other * $0).sum() }.gradient.tensors == [other])
    let quotient = valueWithGradient(at: x) { ($0 / other).sum() }.gradient.tensors[0]
    #expect(quotient == Tensor([1 / Float(3), 0.25]))
  }

  @Test func `tensors without elements combine`() {
    #expect((Tensor.zeros([0, 3]) + Tensor([1, 2, 3])).shape == [0, 3])
    #expect((Tensor.zeros([2, 0]) * Tensor(2)).shape == [2, 0])
    #expect((Tensor.zeros([2, 0]) - Tensor.zeros([2, 1])).shape == [2, 0])
  }
}
