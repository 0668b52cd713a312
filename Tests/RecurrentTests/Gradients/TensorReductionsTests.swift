import Recurrent
import RecurrentTestSupport
import Testing

struct TensorReductionsTests {
  @Test(arguments: [[], [1], [16], [37], [3, 5], [2, 3, 7]] as [Shape])
  func `a sum and a mean count every element`(shape: Shape) {
    var numbers = SeededNumbers(6)
    let x = numbers.tensor(shape)
    expect({ $0[0].sum() }, at: [x], shape: []) { [$0[0].reduce(0, +)] }
    expect({ $0[0].mean() }, at: [x], shape: []) {
      [$0[0].reduce(0, +) / Double($0[0].count)]
    }
  }

  @Test(arguments: [[4], [3, 5], [2, 3, 4], [3, 1, 2], [2, 3, 2, 18]] as [Shape])
  func `a sum along an axis drops that axis`(shape: Shape) {
    var numbers = SeededNumbers(7)
    let x = numbers.tensor(shape)
    for axis in 0..<shape.rank {
      let kept = Shape(shape.dimensions.enumerated().filter { $0.offset != axis }.map(\.element))
      func sums(_ list: [Double]) -> [Double] {
        places(in: kept).map { place in
          (0..<shape[axis]).reduce(0) { sum, n in
            var whole = place
            whole.insert(n, at: axis)
            return sum + list[offset(of: whole, in: shape)]
          }
        }
      }
      expect({ $0[0].sum(along: axis) }, at: [x], shape: kept) { sums($0[0]) }
      expect({ $0[0].mean(along: axis) }, at: [x], shape: kept) {
        sums($0[0]).map { $0 / Double(shape[axis]) }
      }
    }
  }

  @Test func `a sum of nothing is zero`() {
    #expect(Tensor.zeros([0]).sum().scalar == 0)
    #expect(Tensor.zeros([0, 3]).sum(along: 0) == .zeros([3]))
  }
}
