import RecurrentKernels
import RecurrentTestSupport
import Testing

struct Int8ProductTests {
  /// A product of some sizes.
  struct Sizes: Sendable, CustomTestStringConvertible {
    let rows: Int
    let depth: Int
    let columns: Int
    var testDescription: String { "\(rows) x \(depth) x \(columns)" }
    var panels: Int { (columns + 63) / 64 }
    var pairs: Int { (depth + 1) / 2 }
  }

  static let sizes: [Sizes] =
    [
      Sizes(rows: 1, depth: 1, columns: 1), Sizes(rows: 1, depth: 28, columns: 512),
      Sizes(rows: 2, depth: 511, columns: 65), Sizes(rows: 1, depth: 512, columns: 64),
      Sizes(rows: 1, depth: 513, columns: 63), Sizes(rows: 3, depth: 1_500, columns: 70),
    ]
    + (1...20).map { (seed: UInt64) in
      var numbers = SeededNumbers(seed)
      return Sizes(
        rows: numbers.integer(in: 1...5),
        depth: numbers.integer(in: 1...90),
        columns: numbers.integer(in: 1...140)
      )
    }

  /// A matrix in 8 bits as the kernel reads it.
  private struct Packed {
    var weights: [Int8]
    var scales: [Float]
  }

  private static func pack(_ matrix: [Float], _ sizes: Sizes) -> Packed {
    var floats = [Float](repeating: 0, count: sizes.panels * (1 + sizes.depth) * 64)
    recurrent_pack(sizes.depth, sizes.columns, matrix, sizes.columns, 1, nil, &floats)
    var packed = Packed(
      weights: Array(repeating: 1, count: sizes.panels * sizes.pairs * 128),
      scales: Array(repeating: -1, count: sizes.panels * 64)
    )
    floats.withUnsafeBufferPointer { floats in
      guard let base = floats.baseAddress else { return }
      recurrent_pack_int8(
        sizes.panels,
        sizes.depth,
        base + 64,
        (1 + sizes.depth) * 64,
        &packed.weights,
        &packed.scales
      )
    }
    return packed
  }

  private static func product(
    _ kernels: RecurrentKernels,
    _ sizes: Sizes,
    _ a: [Float],
    _ packed: Packed,
    bias: [Float]?
  ) -> [Float] {
    let room = (sizes.depth + 15) / 16 * 16
    var (left, result) = (GuardedFloats(a), GuardedFloats(start(sizes)))
    var whole = [Int16](repeating: 77, count: sizes.rows * room)
    var rowScales = GuardedFloats(count: sizes.rows)
    left.withPointer { left in
      result.withPointer { result in
        rowScales.withPointer { rowScales in
          packed.weights.withUnsafeBufferPointer { weights in
            packed.scales.withUnsafeBufferPointer { scales in
              whole.withUnsafeMutableBufferPointer { whole in
                func run(_ bias: UnsafePointer<Float>?) {
                  guard let weights = weights.baseAddress, let scales = scales.baseAddress,
                    let whole = whole.baseAddress
                  else { return }
                  var product = RecurrentInt8Product(
                    rows: sizes.rows,
                    columns: sizes.columns,
                    depth: sizes.depth,
                    a: left,
                    a_row_stride: sizes.depth,
                    weights: weights,
                    scales: scales,
                    bias: bias,
                    whole: whole,
                    row_scales: rowScales,
                    c: result,
                    c_row_stride: sizes.columns,
                    c_panel_stride: 64
                  )
                  kernels.int8_product(&product)
                }
                guard let bias else { return run(nil) }
                bias.withUnsafeBufferPointer { run($0.baseAddress) }
              }
            }
          }
        }
      }
    }
    #expect(left.isIntact && result.isIntact && rowScales.isIntact)
    return result.values
  }

  /// What C holds before.
  private static func start(_ sizes: Sizes) -> [Float] {
    (0..<sizes.rows * sizes.columns).map { Float($0 % 7) - 3 }
  }

  @Test(arguments: sizes, [false, true])
  func `a product is that of the rounded numbers, exactly, with any instruction set`(
    sizes: Sizes,
    hasBias: Bool
  ) {
    var numbers = SeededNumbers(UInt64(sizes.depth * 200 + sizes.columns))
    let (rows, depth, columns) = (sizes.rows, sizes.depth, sizes.columns)
    let matrix = numbers.floats(depth * columns)
    let a = numbers.floats(rows * depth)
    let bias = hasBias ? numbers.floats(sizes.panels * 64) : nil
    let packed = Self.pack(matrix, sizes)
    let got = InstructionSet.agreed { Self.product($0, sizes, a, packed, bias: bias) }

    let start = Self.start(sizes)
    var want: [Float] = []
    for row in 0..<rows {
      let own = a[row * depth..<(row + 1) * depth]
      let most = own.map(abs).max() ?? 0
      let whole = own.map { Int(($0 * (32_767 / most)).rounded(.toNearestOrEven)) }
      #expect(whole.allSatisfy { abs($0) <= 32_767 })
      for column in 0..<columns {
        let weights = (0..<depth).map { matrix[$0 * columns + column] }
        let scale = (weights.map(abs).max() ?? 0) / 127
        #expect(packed.scales[column].bitPattern == scale.bitPattern)
        var sum: Float?
        for first in stride(from: 0, to: depth, by: 512) {
          let part = (first..<min(first + 512, depth)).reduce(0) {
            $0 + whole[$1] * Int((weights[$1] / scale).rounded(.toNearestOrEven))
          }
          sum = sum.map { $0 + Float(part) } ?? Float(part)
        }
        let begin = bias.map { $0[column] } ?? start[row * columns + column]
        want.append(begin.addingProduct(sum ?? 0, most / 32_767 * scale))
      }
    }
    #expect(haveSameBits(got, want))
    // Near what the numbers themselves give: half a step of 127 for a weight, with random signs.
    for row in 0..<rows {
      for column in 0..<columns {
        var exact = Double(bias.map { $0[column] } ?? start[row * columns + column])
        for k in 0..<depth {
          exact += Double(a[row * depth + k]) * Double(matrix[k * columns + column])
        }
        let difference = abs(exact - Double(got[row * columns + column]))
        #expect(difference < 0.02 * Double(depth).squareRoot() + 1e-4)
      }
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a number that is not finite gives NaN in its row, or its column, and nowhere else`(
    number: Float
  ) {
    let sizes = Sizes(rows: 2, depth: 21, columns: 70)
    var numbers = SeededNumbers(5)
    var matrix = numbers.floats(sizes.depth * sizes.columns)
    var a = numbers.floats(sizes.rows * sizes.depth)
    let bias = numbers.floats(128)
    a[20] = number
    let packed = Self.pack(matrix, sizes)
    let got = InstructionSet.agreed { Self.product($0, sizes, a, packed, bias: bias) }
    #expect(got[..<70].allSatisfy { $0.isNaN } && got[70...].allSatisfy { $0.isFinite })

    a[20] = 1
    matrix[3 * sizes.columns + 66] = number
    let damaged = Self.pack(matrix, sizes)
    let columns = InstructionSet.agreed { Self.product($0, sizes, a, damaged, bias: bias) }
    #expect(columns.indices.allSatisfy { columns[$0].isNaN == ($0 % 70 == 66) })
  }

  @Test(arguments: [Float(0), 1e-38, -1e-33])
  func `a row of next to nothing leaves the sums as they start`(number: Float) {
    let sizes = Sizes(rows: 1, depth: 19, columns: 64)
    var numbers = SeededNumbers(6)
    let packed = Self.pack(numbers.floats(sizes.depth * sizes.columns), sizes)
    let bias = numbers.floats(64)
    let a = [Float](repeating: number, count: sizes.depth)
    let got = InstructionSet.agreed { Self.product($0, sizes, a, packed, bias: bias) }
    #expect(haveSameBits(got, bias))
  }

  @Test func `the largest sums of 512 products fit`() {
    let sizes = Sizes(rows: 1, depth: 1_024, columns: 64)
    let packed = Self.pack(Array(repeating: 1, count: 1_024 * 64), sizes)
    let zeros = [Float](repeating: 0, count: 64)
    let got = InstructionSet.agreed {
      Self.product($0, sizes, Array(repeating: -2, count: 1_024), packed, bias: zeros)
    }
    #expect(got.allSatisfy { abs($0 + 2_048) < 0.001 })
  }
}
