/// Lets a series run faster here and slower there, as drawn for each example.
///
/// The speed is a smooth random curve around 1, a cubic B-spline, but nowhere below a tenth. The
/// first and the last step stay where they are; values between steps are interpolated linearly.
///
/// Source: T. T. Um and others, "Data augmentation of wearable sensor data for Parkinson's disease
/// monitoring using convolutional neural networks", ICMI 2017, <https://arxiv.org/abs/1706.00527>.
public struct TimeWarp: Sendable, Hashable {
  /// The standard deviation of the speed, from 0 to 10.
  public internal(set) var deviation: Float
  /// The number of pieces of the curve, from 1 to 1,000: how often the speed changes.
  public internal(set) var pieces: Int
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(deviation: Float = 0.2, pieces: Int = 4, probability: Float = 1) {
    self.deviation = deviation
    self.pieces = pieces
    self.probability = probability
    requireAllowedValues()
  }

  /// Changes one example; the curve and the series as it was are kept in `memory` meanwhile.
  func change(
    _ example: AugmentedExample,
    workingIn memory: Buffer,
    drawingFrom stream: inout RandomStream
  ) {
    let (values, steps, size) = unsafe (example.values, example.steps, example.features)
    guard steps > 2, deviation > 0 else { return }
    let count = steps * size
    let before = unsafe memory.reserve(count + steps + pieces + 3)
    let places = unsafe before + count
    let coefficients = unsafe places + steps
    // A spline of coefficients of variance 1 has the variance 2416 / 5040, on average.
    for n in 0..<pieces + 3 { unsafe coefficients[n] = deviation * 1.4443381 * stream.nextNormal() }
    unsafe before.update(from: values, count: count)
    unsafe places[0] = 0
    for step in 1..<steps {
      let middle = (Float(step) - 0.5) / Float(steps - 1) * Float(pieces)
      let speed = unsafe 1 + spline(coefficients, at: middle)
      unsafe places[step] = unsafe places[step - 1] + max(speed, 0.1)
    }
    let scale = unsafe Float(steps - 1) / places[steps - 1]
    for step in 1..<steps - 1 {
      let place = unsafe places[step] * scale
      let first = min(Int(place), steps - 2)
      let share = place - Float(first)
      let source = unsafe before + first * size
      let target = unsafe values + step * size
      for n in 0..<size {
        unsafe target[n] = source[n] + share * (source[n + size] - source[n])
      }
    }
  }

  /// The uniform cubic B-spline with these coefficients, at a place from 0 to `pieces`.
  private func spline(_ coefficients: UnsafePointer<Float>, at place: Float) -> Float {
    let piece = min(Int(place), pieces - 1)
    let t = place - Float(piece)
    let s = 1 - t
    let c = unsafe coefficients + piece
    let outer = unsafe s * s * s * c[0] + t * t * t * c[3]
    let inner = unsafe (4 - 3 * t * t * (1 + s)) * c[1] + (4 - 3 * s * s * (1 + t)) * c[2]
    return (outer + inner) / 6
  }
}

extension TimeWarp: AugmentationSettings {
  static let name = "time-warp"
  static let settings: [AugmentationSetting<TimeWarp>] = [
    .init("deviation", .number(\.deviation, 0...10)), .init("pieces", .whole(\.pieces, 1...1_000)),
  ]
  var operation: Augmentation.Operation { .timeWarp(self) }
}
