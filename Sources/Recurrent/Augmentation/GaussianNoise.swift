import RecurrentKernels

/// Adds a normal number to every value, each drawn for itself.
///
/// In a data set of bytes the sums stay in the bytes' range.
///
/// Source: C. M. Bishop, "Training with noise is equivalent to Tikhonov regularization", 1995.
public struct GaussianNoise: Sendable, Hashable {
  /// The standard deviation of what is added, from 0 to 1,000,000.
  public internal(set) var deviation: Float
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(deviation: Float = 0.05, probability: Float = 1) {
    self.deviation = deviation
    self.probability = probability
    requireAllowedValues()
  }

  /// Changes one example; what is added is kept in `memory` while it is done.
  func change(
    _ example: AugmentedExample,
    noiseIn memory: Buffer,
    drawingFrom stream: inout RandomStream
  ) {
    let count = unsafe example.steps * example.features
    // An addition of zero would still turn -0 into 0.
    guard deviation > 0 else { return }
    var place = stream.takeBlocks(count.dividedRoundingUp(by: 64) * 16)
    let noise = unsafe memory.reserve(count)
    unsafe kernels.pointee.normals(&place, count, deviation, noise)
    unsafe kernels.pointee.add_scaled(count, 1, noise, example.values)
  }
}

extension GaussianNoise: AugmentationSettings {
  static let name = "noise"
  static let settings: [AugmentationSetting<GaussianNoise>] = [
    .init("deviation", .number(\.deviation, 0...1_000_000))
  ]
  var operation: Augmentation.Operation { .noise(self) }
}
