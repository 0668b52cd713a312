import Foundation
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct SumTests {
  @Test(arguments: [0, 1, 3, 15, 16, 17, 31, 32, 33, 100, 1_000])
  func `a sum is taken in its documented order`(count: Int) {
    var numbers = SeededNumbers(9)
    let x = numbers.floats(count)
    let got = InstructionSet.agreed { kernels in
      var source = GuardedFloats(x)
      return [source.withPointer { kernels.sum(count, $0) }]
    }
    var sums = [Float](repeating: 0, count: 16)
    for (n, x) in x.enumerated() { sums[n % 16] += x }
    while sums.count > 1 {
      let half = sums.count / 2
      sums = (0..<half).map { sums[$0] + sums[half + $0] }
    }
    #expect(haveSameBits(got, sums))
  }

  @Test(arguments: [0, 1, 3, 7, 8, 9, 16, 17, 31, 32, 33, 63, 100, 1_000])
  func `a sum of squares is double precision`(count: Int) {
    var numbers = SeededNumbers(10)
    let x = numbers.floats(count, in: -100...100)
    let sums = InstructionSet.available.map { set in
      var source = GuardedFloats(x)
      return source.withPointer { set.kernels.sum_of_squares(count, $0) }
    }
    let want = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(sums.allSatisfy { $0.bitPattern == sums[0].bitPattern })
    // A thousand additions in another order.
    #expect(abs(sums[0] - want) <= 1e-13 * want)
  }

  @Test(arguments: [1, 2, 4, 8, 32], [1, 15, 16, 17, 33])
  func `lists are added in a binary tree`(sources: Int, count: Int) {
    var numbers = SeededNumbers(13)
    let lists = (0..<sources).map { _ in numbers.floats(count) }
    let got = InstructionSet.agreed { kernels in
      var (source, result) = (GuardedFloats(lists.flatMap(\.self)), GuardedFloats(count: count))
      source.withPointer { source in
        let starts = (0..<sources).map { UnsafePointer(source + $0 * count) }
        result.withPointer { kernels.sum_tree(count, sources, starts, $0) }
        // The sum may go where the first list is.
        kernels.sum_tree(count, sources, starts, source)
      }
      #expect(source.isIntact && result.isIntact)
      #expect(haveSameBits(Array(source.values.prefix(count)), result.values))
      return result.values
    }
    var sums = lists
    while sums.count > 1 {
      sums = stride(from: 0, to: sums.count, by: 2).map { n in
        zip(sums[n], sums[n + 1]).map { $0 + $1 }
      }
    }
    #expect(haveSameBits(got, sums[0]))
  }

  @Test(arguments: [1, 2, 5, 40], [1, 15, 16, 17, 33])
  func `a sum over rows goes from first to last`(rows: Int, inner: Int) {
    var numbers = SeededNumbers(11)
    let x = numbers.floats(rows * inner)
    let got = InstructionSet.agreed { kernels in
      var (source, result) = (GuardedFloats(x), GuardedFloats(count: inner))
      source.withPointer { x in result.withPointer { kernels.sum_rows(rows, inner, x, $0) } }
      #expect(result.isIntact)
      return result.values
    }
    let want = (0..<inner).map { n in (0..<rows).reduce(Float(0)) { $0 + x[$1 * inner + n] } }
    #expect(haveSameBits(got, want))
  }
}
