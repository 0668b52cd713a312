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
    let descended = InstructionSet.agreed { kernels in
      var result = GuardedFloats(y)
      result.withPointer { kernels.gradient_descent(count, 0.3, x, $0) }
      #expect(result.isIntact)
      return result.values
    }
    #expect(haveSameBits(descended, zip(x, y).map { $1.addingProduct(-0.3, $0) }))
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

  @Test(arguments: counts)
  func `Adam follows its equations`(count: Int) {
    var numbers = SeededNumbers(8)
    let w = numbers.floats(count)
    let g = numbers.floats(count)
    let m = numbers.floats(count)
    let v = numbers.floats(count, in: 0...1)
    let (beta1, beta2) = (Float(0.9), Float(0.99))
    let (epsilon, rate, scale) = (Float(1e-3), Float(0.1), Float(3))
    let got = InstructionSet.agreed { kernels in
      var (w, g, m, v) = (GuardedFloats(w), GuardedFloats(g), GuardedFloats(m), GuardedFloats(v))
      w.withPointer { w in
        g.withPointer { g in
          m.withPointer { m in
            v.withPointer { v in
              var step = RecurrentAdamStep(
                count: count,
                parameters: w,
                gradients: g,
                first_moments: m,
                second_moments: v,
                beta1: beta1,
                beta2: beta2,
                epsilon: epsilon,
                step_size: rate,
                second_moment_scale: scale
              )
              kernels.adam(&step)
            }
          }
        }
      }
      #expect(w.isIntact && g.isIntact && m.isIntact && v.isIntact)
      return w.values + m.values + v.values
    }
    let moments = (0..<count).map { n in
      let (g, m, v) = (Double(g[n]), Double(m[n]), Double(v[n]))
      let (b1, b2) = (Double(beta1), Double(beta2))
      return (b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g)
    }
    let weights = (0..<count).map { n in
      let (m, v) = moments[n]
      return Double(w[n]) - Double(rate) * m / (v.squareRoot() * Double(scale) + Double(epsilon))
    }
    // A dozen roundings; 1 - 0.9 in single precision is off by 2e-7 of itself.
    let want = weights + moments.map(\.0) + moments.map(\.1)
    #expect(mismatch(got, want, tolerance: 1e-6) == nil)
  }
}
