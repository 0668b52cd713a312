import RecurrentKernels
import RecurrentTestSupport
import Testing

struct ProductTests {
  /// A product of random sizes.
  struct Sizes: Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let rows: Int
    let columns: Int
    let segments: Int
    let segmentDepth: Int
    var depth: Int { segments * segmentDepth }
    var testDescription: String { "\(rows) x \(segments) · \(segmentDepth) x \(columns)" }

    init(seed: UInt64) {
      self.seed = seed
      var numbers = SeededNumbers(seed)
      rows = numbers.integer(in: 1...20)
      columns = numbers.integer(in: 1...140)
      segments = numbers.integer(in: 1...3)
      segmentDepth = numbers.integer(in: 1...21)
    }
  }

  @Test(arguments: (1...80).map { Sizes(seed: $0) })
  func `a product is one sum over k in order, each step fused`(sizes: Sizes) {
    var numbers = SeededNumbers(sizes.seed + 100)
    let (rows, columns, depth) = (sizes.rows, sizes.columns, sizes.depth)
    let matrix = numbers.floats(depth * columns)
    let bias = numbers.floats(columns)
    let a = numbers.floats(sizes.segments * rows * sizes.segmentDepth)
    var packed = [Float](repeating: 0, count: (columns + 63) / 64 * (1 + depth) * 64)
    recurrent_pack(depth, columns, matrix, columns, 1, bias, &packed)
    // Rows of both sides lie further apart than they are long.
    let (aStride, cStride) = (sizes.segmentDepth + 3, columns + 5)
    let gap = strided(a, columns: sizes.segmentDepth, stride: aStride)
    let got = InstructionSet.agreed { kernels in
      var (left, panels) = (GuardedFloats(gap), GuardedFloats(packed))
      var result = GuardedFloats([Float](repeating: .nan, count: rows * cStride))
      left.withPointer { left in
        panels.withPointer { panels in
          result.withPointer { result in
            var product = RecurrentProduct(
              rows: rows,
              columns: columns,
              a: left,
              a_row_stride: aStride,
              segments: sizes.segments,
              segment_depth: sizes.segmentDepth,
              segment_stride: rows * aStride,
              panels: panels,
              c: result,
              c_row_stride: cStride,
              c_panel_stride: 64
            )
            kernels.product(&product)
          }
        }
      }
      #expect(result.isIntact)
      let values = result.values
      for row in 0..<rows {
        #expect(values[row * cStride + columns..<(row + 1) * cStride].allSatisfy { $0.isNaN })
      }
      return (0..<rows).flatMap { values[$0 * cStride..<$0 * cStride + columns] }
    }
    var want: [Float] = []
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = bias[column]
        for segment in 0..<sizes.segments {
          for k in 0..<sizes.segmentDepth {
            let left = a[(segment * rows + row) * sizes.segmentDepth + k]
            let right = matrix[(segment * sizes.segmentDepth + k) * columns + column]
            sum.addProduct(left, right)
          }
        }
        want.append(sum)
      }
    }
    #expect(haveSameBits(got, want))
  }

  @Test func `a product can be written in panels`() {
    var numbers = SeededNumbers(16)
    let (rows, columns, depth) = (5, 100, 7)
    let a = numbers.floats(rows * depth)
    let matrix = numbers.floats(depth * columns)
    var packed = [Float](repeating: 0, count: 2 * (1 + depth) * 64)
    recurrent_pack(depth, columns, matrix, columns, 1, nil, &packed)
    let got = InstructionSet.agreed { kernels in
      var result = GuardedFloats(count: 2 * rows * 64)
      result.withPointer { result in
        a.withUnsafeBufferPointer { a in
          packed.withUnsafeBufferPointer { packed in
            guard let a = a.baseAddress, let packed = packed.baseAddress else { return }
            var product = RecurrentProduct(
              rows: rows,
              columns: columns,
              a: a,
              a_row_stride: depth,
              segments: 1,
              segment_depth: depth,
              segment_stride: 0,
              panels: packed,
              c: result,
              c_row_stride: 64,
              c_panel_stride: rows * 64
            )
            kernels.product(&product)
          }
        }
      }
      #expect(result.isIntact)
      // Columns past the last stay as they were.
      #expect((0..<rows).allSatisfy { result.isUnwritten((rows + $0) * 64 + 36) })
      let values = result.values
      return (0..<rows).flatMap { row in
        (0..<columns).map { values[($0 / 64 * rows + row) * 64 + $0 % 64] }
      }
    }
    var want: [Double] = []
    for row in 0..<rows {
      for column in 0..<columns {
        want.append(
          (0..<depth).reduce(0) {
            $0 + Double(a[row * depth + $1]) * Double(matrix[$1 * columns + column])
          }
        )
      }
    }
    // Seven products of numbers below 1.
    #expect(mismatch(got, want, tolerance: 5e-7) == nil)
  }
}
