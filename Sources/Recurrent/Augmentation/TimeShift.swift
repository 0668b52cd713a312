/// Moves a series forward or back in time by whole steps, as many as are drawn for each example.
///
/// The first or the last step is repeated where nothing is left to move in. All shifts up to the
/// longest are equally likely.
///
/// Source: as one of several changes of series, A. Le Guennec, S. Malinowski, R. Tavenard, "Data
/// augmentation for time series classification using convolutional neural networks", 2016.
public struct TimeShift: Sendable, Hashable {
  /// The longest shift either way, as a share of the steps, from 0 to 1.
  public internal(set) var share: Float
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(share: Float = 0.1, probability: Float = 1) {
    self.share = share
    self.probability = probability
    requireAllowedValues()
  }

  /// Changes one example.
  func change(_ example: AugmentedExample, drawingFrom stream: inout RandomStream) {
    let longest = unsafe min(Int(share * Float(example.steps)), example.steps - 1)
    let shift = stream.nextIndex(below: 2 * longest + 1) - longest
    unsafe Self.move(example, by: shift)
  }

  /// Moves an example to a later time, or to an earlier one.
  static func move(_ example: AugmentedExample, by shift: Int) {
    let (values, steps, size) = unsafe (example.values, example.steps, example.features)
    let kept = steps - abs(shift)
    if shift > 0 {
      unsafe (values + shift * size).update(from: values, count: kept * size)
      for step in 1..<max(shift, 1) {
        unsafe (values + step * size).update(from: values, count: size)
      }
    } else if shift < 0 {
      unsafe values.update(from: values - shift * size, count: kept * size)
      for step in kept..<steps - 1 {
        unsafe (values + step * size).update(from: values + (steps - 1) * size, count: size)
      }
    }
  }
}

extension TimeShift: AugmentationSettings {
  static let name = "time-shift"
  static let settings: [AugmentationSetting<TimeShift>] = [
    .init("share", .number(\.share, 0...1))
  ]
  var operation: Augmentation.Operation { .timeShift(self) }
}
