import RecurrentKernels
import RecurrentTestSupport
import Testing

struct BrainFloatTests {
  /// The nearest bfloat16, to even on a tie; NaN stays NaN.
  private func rounded(_ x: Float) -> UInt32 {
    if x.isNaN { return 0x7FC0 }
    let bits = x.bitPattern
    return (bits &+ 0x7FFF &+ (bits >> 16) & 1) >> 16
  }

  private func pair(_ a: Float, _ b: Float) -> Float {
    Float(bitPattern: rounded(a) | rounded(b) << 16)
  }

  private static let sizes = [1, 2, 3, 15, 16, 17, 31, 32, 33, 64, 70]

  /// All sets, and the one whose instructions round by themselves.
  private func agreed(_ compute: (RecurrentKernels) -> [Float]) -> [Float] {
    let result = InstructionSet.agreed(compute)
    if let kernels = recurrent_bfloat16_kernels() {
      #expect(haveSameBits(compute(kernels.pointee), result))
    }
    return result
  }

  @Test(arguments: sizes, [1, 3])
  func `neighbours are joined, an odd one with zero`(columns: Int, rows: Int) {
    var numbers = SeededNumbers(60)
    let x = numbers.floats(rows * (columns + 2), in: -3...3)
    let half = (columns + 1) / 2
    let got = agreed { kernels in
      var (source, pairs) = (GuardedFloats(x), GuardedFloats(count: rows * (half + 1)))
      source.withPointer { x in
        pairs.withPointer { kernels.column_pairs(rows, columns, x, columns + 2, $0, half + 1) }
      }
      #expect(pairs.isIntact)
      for row in 0..<rows { #expect(pairs.isUnwritten(row * (half + 1) + half)) }
      return (0..<rows).flatMap { row in
        Array(pairs.values[row * (half + 1)..<row * (half + 1) + half])
      }
    }
    var want: [Float] = []
    for row in 0..<rows {
      for k in 0..<half {
        let place = row * (columns + 2) + 2 * k
        want.append(pair(x[place], 2 * k + 1 < columns ? x[place + 1] : 0))
      }
    }
    #expect(haveSameBits(got, want))
  }

  @Test(arguments: sizes, [1, 2, 5, 6])
  func `rows are joined, an odd one with zeros`(columns: Int, rows: Int) {
    var numbers = SeededNumbers(61)
    let x = numbers.floats(rows * (columns + 1), in: -3...3)
    let got = agreed { kernels in
      var source = GuardedFloats(x)
      var pairs = GuardedFloats(count: (rows + 1) / 2 * columns)
      source.withPointer { x in
        pairs.withPointer { kernels.row_pairs(rows, columns, x, columns + 1, $0) }
      }
      #expect(pairs.isIntact)
      return pairs.values
    }
    var want: [Float] = []
    for row in stride(from: 0, to: rows, by: 2) {
      let place = row * (columns + 1)
      for k in 0..<columns {
        let second = row + 1 < rows ? x[place + columns + 1 + k] : 0
        want.append(pair(x[place + k], second))
      }
    }
    #expect(haveSameBits(got, want))
  }

  @Test func `ties go to the even neighbour and infinities stay`() {
    let tie = Float(bitPattern: 0x3F80_8000)
    let above = Float(bitPattern: 0x3F81_8000)
    let x = [.infinity, 1, -.infinity, 2, tie, above, .greatestFiniteMagnitude, -0.0]
    let got = agreed { kernels in
      var pairs = [Float](repeating: 0, count: 4)
      kernels.column_pairs(1, 8, x, 8, &pairs, 4)
      return pairs
    }
    let halves = got.flatMap { [UInt16($0.bitPattern & 0xFFFF), UInt16($0.bitPattern >> 16)] }
    #expect(halves == [0x7F80, 0x3F80, 0xFF80, 0x4000, 0x3F80, 0x3F82, 0x7F80, 0x8000])
  }

  @Test func `NaN stays NaN`() {
    for set in InstructionSet.available.map(\.kernels)
      + [recurrent_bfloat16_kernels()?.pointee].compactMap(\.self)
    {
      var pairs: [Float] = [0]
      set.column_pairs(1, 2, [.nan, Float(bitPattern: 0x7F80_0001)], 2, &pairs, 1)
      let bits = pairs[0].bitPattern
      #expect(Float(bitPattern: bits << 16).isNaN && Float(bitPattern: bits & 0xFFFF_0000).isNaN)
    }
  }
}
