import Foundation
import Recurrent
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct AugmentationKernelTests {
  // The logarithm is good to 2 units in the last place, cosine and sine to 4e-7, and the radius is
  // at most 5.8.
  @Test(arguments: [1, 15, 16, 17, 32, 33, 63, 64, 65, 200], [0, 5])
  func `normal numbers are those of the stream's words`(count: Int, block: UInt32) {
    let place = RecurrentRandomPlace(
      seed_low: 7,
      seed_high: 9,
      block: block,
      index: 11,
      epoch: 3,
      purpose: RandomStream.Purpose.testing.rawValue
    )
    let got = InstructionSet.agreed { kernels in
      var result = GuardedFloats(count: count)
      var place = place
      result.withPointer { kernels.normals(&place, count, 2, $0) }
      #expect(result.isIntact)
      return result.values
    }
    var stream = RandomStream(seed: 9 << 32 | 7, purpose: .testing, epoch: 3, index: 11)
    for _ in 0..<4 * block { _ = stream.nextUInt32() }
    var want: [Double] = []
    while want.count < count {
      let blocks = (0..<16).map { _ in (0..<4).map { _ in stream.nextUInt32() } }
      for pair in [0, 2] {
        let radii = blocks.map { (-2 * log(Double($0[pair] >> 8 + 1) * 0x1p-24)).squareRoot() }
        let angles = blocks.map { 2 * Double.pi * Double($0[pair + 1]) * 0x1p-32 }
        want += zip(radii, angles).map { 2 * $0 * cos($1) }
        want += zip(radii, angles).map { 2 * $0 * sin($1) }
      }
    }
    #expect(mismatch(got, Array(want.prefix(count)), tolerance: 6e-6) == nil)
  }

  @Test func `normal numbers have the moments of their distribution`() {
    let count = 1 << 18
    let moments = InstructionSet.agreed { kernels in
      var numbers = [Float](repeating: 0, count: count)
      var place = RecurrentRandomPlace()
      kernels.normals(&place, count, 1, &numbers)
      return (1...4).map { power in
        Float(numbers.reduce(0.0) { $0 + pow(Double($1), Double(power)) } / Double(count))
      }
    }
    // Five standard deviations of the means of 262,144 draws: √(1, 2, 15, 96) / 512.
    let expected = [(0, 0.0098), (1, 0.0138), (0, 0.0378), (3, 0.0957)] as [(Float, Float)]
    for (got, (want, bound)) in zip(moments, expected) { #expect(abs(got - want) < bound) }
  }

  /// A resampling of random numbers.
  struct Case: Sendable, CustomTestStringConvertible {
    var rows: Int
    var columns: Int
    /// Nodes to a pixel; nil for no displacement.
    var density: Float?
    var testDescription: String {
      "\(rows) x \(columns), \(density.map { "\($0) nodes a pixel" } ?? "no nodes")"
    }
  }

  static let cases = [(1, 1), (1, 40), (40, 1), (3, 5), (16, 16), (5, 17), (28, 28), (20, 70)]
    .flatMap { rows, columns in
      [nil, 0.05, 1 / 6.9282032, 0.7, 1.25].map {
        Case(rows: rows, columns: columns, density: $0)
      }
    }

  @Test(arguments: cases)
  func `pixels come from where the map and the splines say`(test: Case) {
    let (rows, columns) = (test.rows, test.columns)
    var numbers = SeededNumbers(20)
    let image = numbers.floats(rows * columns)
    let turn = numbers.floats(6, in: -0.3...0.3)
    let map: [Float] = [1 + turn[0], turn[1], 9 * turn[2], turn[3], 1 + turn[4], 9 * turn[5]]
    let density = test.density ?? 0
    let (firstRow, firstColumn) = (numbers.float(in: 0...0.999), numbers.float(in: 0...0.999))
    let nodeRows = Int(Float(rows - 1) * density + firstRow) + 4
    let nodeColumns = Int(Float(columns - 1) * density + firstColumn) + 4
    let nodes = numbers.floats(2 * nodeRows * nodeColumns, in: -3...3)
    let hasNodes = test.density != nil
    let room =
      (rows + 3) * (columns + 3) + (hasNodes ? 2 * nodeRows * ((columns + 15) / 16 * 16) : 0)

    let got = InstructionSet.agreed { kernels in
      var (result, grid) = (GuardedFloats(image), GuardedFloats(nodes))
      var memory = GuardedFloats(count: room)
      result.withPointer { image in
        grid.withPointer { nodes in
          memory.withPointer { memory in
            var request = RecurrentResampling(
              rows: rows,
              columns: columns,
              image: image,
              map: (map[0], map[1], map[2], map[3], map[4], map[5]),
              nodes: hasNodes ? UnsafePointer(nodes) : nil,
              node_rows: nodeRows,
              node_columns: nodeColumns,
              nodes_per_pixel: density,
              first_row: firstRow,
              first_column: firstColumn,
              memory: memory
            )
            kernels.resample(&request)
          }
        }
      }
      #expect(result.isIntact && grid.isIntact && memory.isIntact)
      return result.values
    }
    let reference = ScalarResampling(
      rows: rows,
      columns: columns,
      image: image,
      map: map,
      nodes: hasNodes ? nodes : nil,
      nodeRows: nodeRows,
      nodeColumns: nodeColumns,
      density: density,
      firstRow: firstRow,
      firstColumn: firstColumn
    )
    let want = (0..<rows * columns).map { reference.pixel($0 / columns, $0 % columns) }
    #expect(haveSameBits(got, want))
  }

  @Test(arguments: ElementwiseTests.counts)
  func `numbers stay within bounds`(count: Int) {
    var numbers = SeededNumbers(21)
    let x = numbers.floats(count, in: -2...2) + [.nan, -.infinity, .infinity, -0.5, 1]
    let got = InstructionSet.agreed { kernels in
      var result = GuardedFloats(x)
      result.withPointer { kernels.clamp(x.count, -0.5, 1, $0) }
      #expect(result.isIntact)
      return result.values
    }
    #expect(haveSameBits(got, x.map { $0.isNaN ? .nan : min(max($0, -0.5), 1) }))
  }
}

/// What `resample` computes, a pixel at a time.
private struct ScalarResampling {
  let rows: Int
  let columns: Int
  let image: [Float]
  let map: [Float]
  let nodes: [Float]?
  let nodeRows: Int
  let nodeColumns: Int
  let density: Float
  let firstRow: Float
  let firstColumn: Float

  /// The uniform cubic B-spline at this distance from its centre.
  private func spline(_ distance: Float) -> Float {
    let (outer, inner) = (max(2 - distance, 0), max(1 - distance, 0))
    return (outer * outer * outer - 4 * (inner * inner * inner)) * (1 / 6)
  }

  /// The source image with zeros around it.
  private func source(_ row: Int, _ column: Int) -> Float {
    (0..<rows).contains(row) && (0..<columns).contains(column) ? image[row * columns + column] : 0
  }

  func pixel(_ row: Int, _ column: Int) -> Float {
    var x = map[0].multipliedAdd(Float(column), map[1] * Float(row) + map[2] + 1)
    var y = map[3].multipliedAdd(Float(column), map[4] * Float(row) + map[5] + 1)
    if let nodes {
      let place = Float(row) * density + firstRow
      let first = Int(place)
      for node in first..<first + 4 {
        let weight = spline(abs(place + 1 - Float(node)))
        x = weight.multipliedAdd(across(nodes[..<(nodeRows * nodeColumns)], node, column), x)
        y = weight.multipliedAdd(across(nodes[(nodeRows * nodeColumns)...], node, column), y)
      }
    }
    x = min(max(x, 0), Float(columns + 1))
    y = min(max(y, 0), Float(rows + 1))
    let (i, j) = (Int(x), Int(y))
    let (right, down) = (x - Float(i), y - Float(j))
    let values = [(0, 0), (0, 1), (1, 0), (1, 1)].map { source(j - 1 + $0, i - 1 + $1) }
    let upper = right.multipliedAdd(values[1] - values[0], values[0])
    let lower = right.multipliedAdd(values[3] - values[2], values[2])
    return down.multipliedAdd(lower - upper, upper)
  }

  /// A row of nodes at a column of pixels: the nodes within reach of its 16 neighbours are added.
  private func across(_ nodes: ArraySlice<Float>, _ row: Int, _ column: Int) -> Float {
    let place = Float(column) * density + (firstColumn + 1)
    let first = column / 16 * 16
    let last = min(first + 15, columns - 1)
    let reach =
      Int(Float(first) * density + firstColumn)..<Int(Float(last) * density + firstColumn) + 4
    return reach.reduce(0) { sum, node in
      spline(abs(place - Float(node)))
        .multipliedAdd(nodes[nodes.startIndex + row * nodeColumns + node], sum)
    }
  }
}

extension Float {
  /// self · factor + addend, rounded once.
  fileprivate func multipliedAdd(_ factor: Float, _ addend: Float) -> Float {
    addend.addingProduct(self, factor)
  }
}
