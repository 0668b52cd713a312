import RecurrentKernels
import RecurrentTestSupport
import Testing

struct ElementwiseTests {
  static let counts = [1, 2, 7, 15, 16, 17, 31, 32, 33, 100]

  @Test(arguments: counts)
  func `operands combine element by element, or one with all`(count: Int) {
    var numbers = SeededNumbers(5)
    let a = numbers.floats(count, in: -2...2)
    let b = numbers.floats(count, in: 0.5...2)
    let operations: [(RecurrentOperation, (Float, Float) -> Float)] = [
      (RECURRENT_ADD, { $0 + $1 }), (RECURRENT_SUBTRACT, { $0 - $1 }),
      (RECURRENT_MULTIPLY, { $0 * $1 }), (RECURRENT_DIVIDE, { $0 / $1 }),
    ]
    for (code, operation) in operations {
      for (aStep, bStep) in [(1, 1), (0, 1), (1, 0), (0, 0)] {
        let got = InstructionSet.agreed { kernels in
          var first = GuardedFloats(aStep == 1 ? a : [a[0]])
          var second = GuardedFloats(bStep == 1 ? b : [b[0]])
          var result = GuardedFloats(count: count)
          first.withPointer { first in
            second.withPointer { second in
              result.withPointer { kernels.combine(code, count, first, aStep, second, bStep, $0) }
            }
          }
          #expect(first.isIntact && second.isIntact && result.isIntact)
          return result.values
        }
        let want = (0..<count).map { operation(a[$0 * aStep], b[$0 * bStep]) }
        #expect(haveSameBits(got, want))
      }
    }
  }

  @Test(arguments: counts)
  func `a scaled list is added with one rounding`(count: Int) {
    var numbers = SeededNumbers(6)
    let (x, y) = (numbers.floats(count), numbers.floats(count))
    let added = InstructionSet.agreed { kernels in
      var result = GuardedFloats(y)
      result.withPointer { kernels.add_scaled(count, 0.3, x, $0) }
      #expect(result.isIntact)
      return result.values
    }
    #expect(haveSameBits(added, zip(x, y).map { $1.addingProduct(0.3, $0) }))
  }

  @Test(arguments: counts)
  func `bytes are scaled`(count: Int) {
    var numbers = SeededNumbers(7)
    let bytes = numbers.integers(count, in: 0...255).map { UInt8($0) }
    let got = InstructionSet.agreed { kernels in
      var result = GuardedFloats(count: count)
      result.withPointer { kernels.scale_bytes(count, bytes, 1 / 255, $0) }
      #expect(result.isIntact)
      return result.values
    }
    #expect(haveSameBits(got, bytes.map { Float($0) * (1 / 255) }))
  }

  @Test func `every byte has its value`() {
    let bytes = (0...255).map { UInt8($0) }
    let got = InstructionSet.agreed { kernels in
      var result = [Float](repeating: 0, count: 256)
      kernels.scale_bytes(256, bytes, 1, &result)
      return result
    }
    #expect(got == bytes.map(Float.init))
  }
}
