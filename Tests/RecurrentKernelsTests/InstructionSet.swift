import RecurrentKernels
import RecurrentTestSupport
import Testing

/// An instruction set whose kernels this processor can run.
struct InstructionSet: Sendable, CustomTestStringConvertible {
  let name: String
  var testDescription: String { name }

  /// The kernels.
  var kernels: RecurrentKernels {
    guard let table = recurrent_kernels_named(name) else { fatalError("no kernels named \(name)") }
    return table.pointee
  }

  /// Every set that can run here, best first.
  static let available: [InstructionSet] = ["avx512", "avx2", "baseline", "neon"]
    .filter { (name: String) in recurrent_kernels_named(name) != nil }
    .map { InstructionSet(name: $0) }

  /// Runs a computation with every set and expects the same bits from each; NaN is one value.
  ///
  /// Returns the result.
  static func agreed(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ compute: (RecurrentKernels) -> [Float]
  ) -> [Float] {
    let results = available.map { compute($0.kernels).map(\.withOneNaN) }
    for (set, result) in zip(available, results).dropFirst() {
      #expect(
        haveSameBits(result, results[0]),
        "\(set.name) differs from \(available[0].name)",
        sourceLocation: sourceLocation
      )
    }
    return results[0]
  }
}

extension Float {
  /// The number, every NaN with the same bits.
  fileprivate var withOneNaN: Float { isNaN ? .nan : self }
}

/// Floats between guard words, which are NaN so that reading them shows as well as writing them.
struct GuardedFloats {
  fileprivate static let guardCount = 80
  fileprivate static let guardWord = Float(bitPattern: 0x7FC5_A5A5)
  private var memory: [Float]
  private let count: Int

  /// Holds these numbers.
  init(_ values: [Float]) {
    count = values.count
    let guards = [Float](repeating: Self.guardWord, count: Self.guardCount)
    memory = guards + values + guards
  }

  /// Holds as many guard words, to see which are written.
  init(count: Int) { self.init([Float](repeating: Self.guardWord, count: count)) }

  /// The numbers.
  var values: [Float] { Array(memory[Self.guardCount..<Self.guardCount + count]) }

  /// Whether no word around the numbers was written.
  var isIntact: Bool {
    memory.indices.allSatisfy {
      (Self.guardCount..<Self.guardCount + count).contains($0)
        || memory[$0].bitPattern == Self.guardWord.bitPattern
    }
  }

  /// Whether the number at `index` still is a guard word.
  func isUnwritten(_ index: Int) -> Bool {
    memory[Self.guardCount + index].bitPattern == Self.guardWord.bitPattern
  }

  /// Calls `body` with the place of the first number.
  mutating func withPointer<Result>(
    _ body: (UnsafeMutablePointer<Float>) -> Result
  ) -> Result {
    memory.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { fatalError("guarded floats are never empty") }
      return body(base + Self.guardCount)
    }
  }
}

/// Guarded floats that stay where they are, for kernels that take many of them.
final class GuardedMemory {
  /// The place of the first number, as long as this object lives.
  let base: UnsafeMutablePointer<Float>
  private let memory: UnsafeMutableBufferPointer<Float>
  private let count: Int

  /// Holds these numbers.
  init(_ values: [Float]) {
    let guards = [Float](repeating: GuardedFloats.guardWord, count: GuardedFloats.guardCount)
    let all = guards + values + guards
    memory = .allocate(capacity: all.count)
    _ = memory.initialize(from: all)
    guard let start = memory.baseAddress else { fatalError("guarded floats are never empty") }
    base = start + GuardedFloats.guardCount
    count = values.count
  }

  /// Holds as many guard words, to see which are written.
  convenience init(count: Int) {
    self.init([Float](repeating: GuardedFloats.guardWord, count: count))
  }

  deinit { memory.deallocate() }

  /// The numbers.
  var values: [Float] { (0..<count).map { base[$0] } }

  /// Whether no word around the numbers was written.
  var isIntact: Bool {
    (-GuardedFloats.guardCount..<0).allSatisfy(isUnwritten)
      && (count..<count + GuardedFloats.guardCount).allSatisfy(isUnwritten)
  }

  /// Whether the number at `index` still is a guard word.
  func isUnwritten(_ index: Int) -> Bool {
    base[index].bitPattern == GuardedFloats.guardWord.bitPattern
  }
}

/// Numbers with a gap of NaN after each row, as a buffer with a row stride has.
func strided(_ rows: [Float], columns: Int, stride: Int) -> [Float] {
  var result: [Float] = []
  for start in Swift.stride(from: 0, to: rows.count, by: columns) {
    result += rows[start..<start + columns]
    result += [Float](repeating: .nan, count: stride - columns)
  }
  return result
}
