public import Recurrent

/// Random numbers for a test, fixed by the seed alone.
public struct SeededNumbers {
  private var stream: RandomStream

  /// Creates the numbers of this seed, at their beginning.
  public init(_ seed: UInt64) { stream = RandomStream(seed: seed, purpose: .testing) }

  /// The next number of a range.
  public mutating func float(in range: ClosedRange<Float> = -1...1) -> Float {
    stream.nextUniform(in: range)
  }

  /// The next numbers of a range.
  public mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in stream.nextUniform(in: range) }
  }

  /// The next whole number of a range.
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + stream.nextIndex(below: range.count)
  }

  /// The next whole numbers of a range.
  public mutating func integers(_ count: Int, in range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in integer(in: range) }
  }

  /// A tensor of the next numbers of a range.
  public mutating func tensor(_ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Tensor {
    Tensor(floats(shape.count, in: range), shape: shape)
  }
}
