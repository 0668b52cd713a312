/// Makes a stretch of a series zero, of a length and at a place drawn for each example.
///
/// All lengths up to the longest are equally likely, and so are all places within the series.
///
/// Source: time masking of D. S. Park and others, "SpecAugment: a simple data augmentation method
/// for automatic speech recognition", Interspeech 2019, <https://arxiv.org/abs/1904.08779>.
public struct TimeCutOut: Sendable, Hashable {
  /// The longest stretch, as a share of the steps, from 0 to 1.
  public internal(set) var share: Float
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(share: Float = 0.2, probability: Float = 1) {
    self.share = share
    self.probability = probability
    requireAllowedValues()
  }

  /// Changes one example.
  func change(_ example: AugmentedExample, drawingFrom stream: inout RandomStream) {
    let (steps, size) = unsafe (example.steps, example.features)
    let length = stream.nextIndex(below: min(Int(share * Float(steps)), steps) + 1)
    let start = stream.nextIndex(below: steps - length + 1)
    unsafe (example.values + start * size).update(repeating: 0, count: length * size)
  }
}

extension TimeCutOut: AugmentationSettings {
  static let name = "time-cutout"
  static let settings: [AugmentationSetting<TimeCutOut>] = [
    .init("share", .number(\.share, 0...1))
  ]
  var operation: Augmentation.Operation { .timeCutOut(self) }
}
