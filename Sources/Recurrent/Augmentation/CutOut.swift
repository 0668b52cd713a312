/// Makes squares of an image zero, at places drawn for each example.
///
/// Rows are steps, columns are features. A square's middle is any pixel, all equally likely, so a
/// square may reach over the border.
///
/// Source: T. DeVries, G. W. Taylor, "Improved regularization of convolutional neural networks with
/// cutout", 2017, <https://arxiv.org/abs/1708.04552>.
public struct CutOut: Sendable, Hashable {
  /// The length of a square's side, in pixels from 1 to 10,000.
  public internal(set) var size: Int
  /// The number of squares, from 1 to 100; they may overlap.
  public internal(set) var count: Int
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(size: Int = 8, count: Int = 1, probability: Float = 1) {
    self.size = size
    self.count = count
    self.probability = probability
    requireAllowedValues()
  }

  /// Changes one example.
  func change(_ example: AugmentedExample, drawingFrom stream: inout RandomStream) {
    let (rows, columns) = unsafe (example.steps, example.features)
    for _ in 0..<count {
      let top = stream.nextIndex(below: rows) - size / 2
      let left = stream.nextIndex(below: columns) - size / 2
      let first = max(left, 0)
      let width = min(left + size, columns) - first
      for row in max(top, 0)..<min(top + size, rows) {
        unsafe (example.values + row * columns + first).update(repeating: 0, count: width)
      }
    }
  }
}

extension CutOut: AugmentationSettings {
  static let name = "cutout"
  static let settings: [AugmentationSetting<CutOut>] = [
    .init("size", .whole(\.size, 1...10_000)), .init("count", .whole(\.count, 1...100)),
  ]
  var operation: Augmentation.Operation { .cutOut(self) }
}
