internal import Recurrent

/// How one drawn digit differs from its skeleton: all that chance decides, drawn once a digit.
///
/// The spreads of slants, widths, proportions and line widths are those of MNIST's training images.
/// Everything is computed with +, -, ×, ÷ and square roots alone, which IEEE 754 fixes to the last
/// bit; no mathematics library is asked, so that a digit has the same bytes on every platform.
struct Handwriting: Sendable {
  /// The place between the two extremes of the shape; from 0 to 1, or a little outside.
  let blend: Float
  /// How far every skeleton point is moved, as a standard deviation in digit heights.
  let tremor: Float
  /// Width over height, relative to the skeleton's.
  let stretch: Float
  /// How far the digit leans to the right, as dx per unit of height.
  let slant: Float
  /// The cosine and sine of the turn of the whole digit, clockwise.
  let turn: (cosine: Float, sine: Float)
  /// Half the width of the line, in pixels of the finished image.
  let penRadius: Float
  /// The pen's radius at the beginning, middle and end of the writing, relative to `penRadius`.
  let pressure: SIMD3<Float>
  /// The width of the band in which a line fades to black, in pixels.
  let softness: Float
  /// The paper's stretching and shearing from place to place.
  let warp: SmoothWarp

  /// Draws from `stream` how one example of `digit` is written.
  init(writing digit: Int, drawingFrom stream: inout RandomStream) {
    blend = stream.nextUniform(in: -0.2...1.2)
    tremor = 0.012 + 0.018 * Self.deviation(from: &stream).magnitude
    stretch = 1.18 * Self.exponential(0.2 * Self.deviation(from: &stream))
    slant = DigitSkeletons.slants[digit] + 0.24 * Self.deviation(from: &stream)
    turn = Self.rotation(halfAngleTangent: 0.06 * Self.deviation(from: &stream))
    let width = min(0.29 * Self.deviation(from: &stream), 0.5)
    penRadius = 1.4 * DigitSkeletons.lineWidths[digit] * Self.exponential(width)
    let start = 1 + 0.12 * Self.deviation(from: &stream)
    let middle = 1 + 0.08 * Self.deviation(from: &stream)
    pressure = SIMD3(start, middle, 1 + 0.12 * Self.deviation(from: &stream))
    softness = stream.nextUniform(in: 1...1.6)
    warp = SmoothWarp(amplitude: 0.09, drawingFrom: &stream)
  }

  /// Returns where a point of the skeleton comes to lie.
  func placed(_ point: SIMD2<Float>) -> SIMD2<Float> {
    let bent = point + warp.shift(at: point)
    let y = bent.y - 0.5
    let x = (bent.x - 0.35) * stretch - slant * y
    return SIMD2(x * turn.cosine - y * turn.sine, x * turn.sine + y * turn.cosine)
  }

  /// Returns the pen's radius in pixels after the share `progress` of the writing.
  func radius(at progress: Float) -> Float {
    let start = pressure.x
    let middle = pressure.y
    let end = pressure.z
    let linear = -3 * start + 4 * middle - end
    let square = 2 * start - 4 * middle + 2 * end
    return penRadius * max(0.4, start + progress * (linear + progress * square))
  }

  /// A draw from the normal distribution, with what lies beyond 2.2 deviations moved there.
  ///
  /// A digit far out in everything at once could not be read any more.
  private static func deviation(from stream: inout RandomStream) -> Float {
    min(max(stream.nextNormal(), -2.2), 2.2)
  }

  /// e to the power `x` for small `x`, as (1 + x/64)⁶⁴; some parts in a thousand off at |x| = 0.6.
  private static func exponential(_ x: Float) -> Float {
    var power = 1 + x / 64
    for _ in 0..<6 { power *= power }
    return power
  }

  /// The rotation by twice the angle whose tangent is `tangent`, without a sine or cosine.
  private static func rotation(halfAngleTangent tangent: Float) -> (cosine: Float, sine: Float) {
    let square = tangent * tangent
    return ((1 - square) / (1 + square), 2 * tangent / (1 + square))
  }
}
