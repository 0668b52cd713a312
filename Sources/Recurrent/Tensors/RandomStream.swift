import RecurrentKernels

/// A stream of random numbers that is fixed by its key alone.
///
/// Two streams with the same seed, purpose, epoch and index give the same numbers, whoever draws
/// them, on whichever thread, in whatever order. Streams with different keys are independent.
///
/// The generator is Philox4x32 with ten rounds: the seed is its key and
/// (block, index, epoch, purpose) its counter. One stream holds 2³⁴ 32-bit numbers.
///
/// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy
/// as 1, 2, 3", SC 2011, <https://doi.org/10.1145/2063384.2063405>.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What a stream is drawn for, so that no two uses share numbers.
  public struct Purpose: RawRepresentable, Hashable, Sendable {
    /// The number that enters the generator's counter.
    public let rawValue: UInt32

    /// Creates a purpose; a program's own purposes should start at 1,000.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Starting values of parameters; the index is the parameter's place in its model.
    public static let initialisation = Purpose(rawValue: 1)
    /// The order of the training examples in an epoch.
    public static let shuffling = Purpose(rawValue: 2)
    /// Digits drawn by code; the index is the example's number.
    public static let drawnDigits = Purpose(rawValue: 3)
    /// Random cases in tests.
    public static let testing = Purpose(rawValue: 4)
    /// Changes of training examples; the index is the example's place in its data set.
    public static let augmentation = Purpose(rawValue: 5)
    /// Tokens drawn from what a model tells of the next.
    public static let sampling = Purpose(rawValue: 6)
    /// Sequences of built-in tasks; the index is the example's number.
    public static let tasks = Purpose(rawValue: 7)
    /// The order in which the steps of a sequence are read to see whether it matters; the index is the
    /// example's place in its data set.
    public static let timeShuffling = Purpose(rawValue: 8)
    /// The order in which the pixels of images are read.
    public static let pixelOrder = Purpose(rawValue: 9)
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block = SIMD4<UInt32>()
  private var used = 4

  /// Creates the stream with this key, at its beginning.
  public init(seed: UInt64, purpose: Purpose, epoch: UInt32 = 0, index: UInt32 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(0, index, epoch, purpose.rawValue)
  }

  /// Returns the next 32 random bits.
  public mutating func nextUInt32() -> UInt32 {
    if used == 4 {
      block = Self.philox(counter, key)
      counter.x &+= 1
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextUInt32())
    return UInt64(nextUInt32()) << 32 | low
  }

  /// Returns a number from 0 up to, not including, 1, a multiple of 2⁻²⁴.
  public mutating func nextUniform() -> Float {
    Float(nextUInt32() >> 8) * 0x1p-24
  }

  /// Returns a number from `range.lowerBound` up to `range.upperBound`.
  public mutating func nextUniform(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * nextUniform()
  }

  /// Returns a draw from the normal distribution with mean 0 and standard deviation 1.
  ///
  /// Uses the polar method (G. Marsaglia, T. A. Bray, 1964) with a logarithm of its own, so that
  /// the numbers do not depend on a platform's mathematics library.
  public mutating func nextNormal() -> Float {
    while true {
      let u = 2 * Double(nextUInt32()) * 0x1p-32 - 1
      let v = 2 * Double(nextUInt32()) * 0x1p-32 - 1
      let square = u * u + v * v
      if square > 0 && square < 1 {
        return Float(u * (-2 * Self.naturalLogarithm(square) / square).squareRoot())
      }
    }
  }

  /// Returns the numbers from 0 to `count - 1` in random order.
  ///
  /// - Complexity: O(`count`).
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, nextIndex(below: last + 1))
    }
    return order
  }

  /// Returns a whole number from 0 to `bound - 1`, all equally likely.
  ///
  /// Source: D. Lemire, "Fast random integer generation in an interval", 2019.
  public mutating func nextIndex(below bound: Int) -> Int {
    require(bound > 0, "nextIndex(below:) needs a bound of at least 1, got \(bound)")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// Gives away the next blocks of four numbers, for a kernel to draw, and returns where they begin.
  ///
  /// What is left of the block in use is not among them.
  mutating func takeBlocks(_ count: Int) -> RecurrentRandomPlace {
    defer { counter.x &+= UInt32(truncatingIfNeeded: count) }
    return RecurrentRandomPlace(
      seed_low: key.x,
      seed_high: key.y,
      block: counter.x,
      index: counter.y,
      epoch: counter.z,
      purpose: counter.w
    )
  }

  private static func philox(
    _ counter: SIMD4<UInt32>,
    _ key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let p0 = c.x.multipliedFullWidth(by: 0xD251_1F53)
      let p1 = c.z.multipliedFullWidth(by: 0xCD9E_8D57)
      c = SIMD4(p1.high ^ c.y ^ k.x, p1.low, p0.high ^ c.w ^ k.y, p0.low)
      k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }

  /// The natural logarithm of a positive normal number, to about 1e-15.
  ///
  /// x = m·2ᵉ with m in [√½, √2); ln m = 2 artanh s with s = (m − 1)/(m + 1), as a series.
  static func naturalLogarithm(_ x: Double) -> Double {
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.4142135623730951 {
      significand /= 2
      exponent += 1
    }
    let s = (significand - 1) / (significand + 1)
    let square = s * s
    var series = 0.0
    for term in stride(from: 23, through: 1, by: -2) { series = series * square + 1 / Double(term) }
    return exponent * 0.6931471805599453 + 2 * s * series
  }
}
