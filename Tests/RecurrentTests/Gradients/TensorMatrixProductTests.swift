import Recurrent
import RecurrentTestSupport
import Testing

struct TensorMatrixProductTests {
  /// The first operand's axes before the product's, and the product's three extents.
  struct Sizes: Sendable, CustomTestStringConvertible {
    var batch: [Int] = []
    let rows: Int
    let depth: Int
    let columns: Int
    var testDescription: String { "\(batch) \(rows)x\(depth)x\(columns)" }
  }

  static let sizes = [
    Sizes(rows: 1, depth: 1, columns: 1), Sizes(rows: 3, depth: 4, columns: 5),
    Sizes(rows: 7, depth: 2, columns: 17), Sizes(rows: 6, depth: 5, columns: 65),
    Sizes(batch: [3], rows: 4, depth: 3, columns: 2),
    Sizes(batch: [2, 2], rows: 1, depth: 5, columns: 3),
  ]

  @Test(arguments: sizes, [false, true])
  func `a product is rows times columns, as are its gradients`(
    sizes: Sizes,
    transposingSecond: Bool
  ) {
    var numbers = SeededNumbers(4)
    let (depth, columns) = (sizes.depth, sizes.columns)
    let a = numbers.tensor(Shape(sizes.batch + [sizes.rows, depth]))
    let b = numbers.tensor(transposingSecond ? [columns, depth] : [depth, columns])
    expect(
      { matmul($0[0], $0[1], transposingSecond: transposingSecond) },
      at: [a, b],
      shape: Shape(sizes.batch + [sizes.rows, columns])
    ) { point in
      var result: [Double] = []
      for row in 0..<a.count / depth {
        for column in 0..<columns {
          var sum = 0.0
          for k in 0..<depth {
            let place = transposingSecond ? column * depth + k : k * columns + column
            sum += point[0][row * depth + k] * point[1][place]
          }
          result.append(sum)
        }
      }
      return result
    }
  }

  @Test func `a vector is a single row`() {
    let product = matmul(Tensor([1, 2]), Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    #expect(product == Tensor([9, 12, 15]))
  }

  @Test func `a product of no rows is empty, and one of no depth is zero`() {
    #expect(matmul(.zeros([0, 3]), .zeros([3, 2])) == .zeros([0, 2]))
    #expect(matmul(.zeros([2, 0]), .zeros([0, 3])) == .zeros([2, 3]))
    let gradient = valueWithGradient(at: Tensor.zeros([3, 2])) {
      matmul(.zeros([0, 3]), $0).sum()
    }.gradient
    #expect(gradient.tensors == [.zeros([3, 2])])
  }

  @Test func `each row of a product is that row by itself, to the bit`() {
    var numbers = SeededNumbers(5)
    let a = numbers.tensor([23, 19])
    let b = numbers.tensor([19, 70])
    let whole = matmul(a, b)
    for row in 0..<23 {
      let alone = matmul(a.slice(row..<row + 1, along: 0), b)
      #expect(haveSameBits(alone.elements, whole.slice(at: row, along: 0).elements))
    }
  }
}
