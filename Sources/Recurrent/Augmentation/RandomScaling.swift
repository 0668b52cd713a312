import RecurrentKernels

/// Multiplies a series by a factor drawn for each example, or for each of its features.
///
/// Factors are normal with mean 1. In a data set of bytes the products stay in the bytes' range.
///
/// Source: T. T. Um and others, "Data augmentation of wearable sensor data for Parkinson's disease
/// monitoring using convolutional neural networks", ICMI 2017, <https://arxiv.org/abs/1706.00527>.
public struct RandomScaling: Sendable, Hashable {
  /// The standard deviation of the factors, from 0 to 10.
  public internal(set) var deviation: Float
  /// Whether each feature has a factor of its own.
  public internal(set) var isPerFeature: Bool
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(deviation: Float = 0.1, isPerFeature: Bool = false, probability: Float = 1) {
    self.deviation = deviation
    self.isPerFeature = isPerFeature
    self.probability = probability
    requireAllowedValues()
  }

  /// Changes one example; the factors are kept in `memory` while it is done.
  func change(
    _ example: AugmentedExample,
    factorsIn memory: Buffer,
    drawingFrom stream: inout RandomStream
  ) {
    let (values, steps, size) = unsafe (example.values, example.steps, example.features)
    let count = isPerFeature ? size : 1
    let factors = unsafe memory.reserve(count)
    var place = stream.takeBlocks(count.dividedRoundingUp(by: 64) * 16)
    unsafe kernels.pointee.normals(&place, count, deviation, factors)
    for n in 0..<count { unsafe factors[n] += 1 }
    if !isPerFeature {
      unsafe kernels.pointee.combine(
        RECURRENT_MULTIPLY,
        steps * size,
        values,
        1,
        factors,
        0,
        values
      )
      return
    }
    for step in 0..<steps {
      let row = unsafe values + step * size
      unsafe kernels.pointee.combine(RECURRENT_MULTIPLY, size, row, 1, factors, 1, row)
    }
  }
}

extension RandomScaling: AugmentationSettings {
  static let name = "scaling"
  static let settings: [AugmentationSetting<RandomScaling>] = [
    .init("deviation", .number(\.deviation, 0...10)), .init("per-feature", .choice(\.isPerFeature)),
  ]
  var operation: Augmentation.Operation { .scaling(self) }
}
