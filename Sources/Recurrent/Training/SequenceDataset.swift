/// Labelled sequences of one length, held in memory.
///
/// Elements are kept as they came, as bytes with a scale or as floats: a byte image takes a
/// quarter of the memory of a float one and becomes floats only when a batch is gathered.
public struct SequenceDataset: Sendable {
  /// How the elements are stored, in the order `[example, time, feature]`.
  public enum Elements: Sendable {
    /// Bytes; an element's value is the byte times the scale.
    case bytes([UInt8], scale: Float)
    /// Values as they are.
    case floats([Float])
  }

  /// The elements of all sequences, `[example, time, feature]`.
  public let elements: Elements
  /// The class of each example, from 0 to `classNames.count - 1`.
  public let labels: [Int]
  /// The number of time steps in every sequence.
  public let steps: Int
  /// The number of features at each step.
  public let features: Int
  /// What each class is called.
  public let classNames: [String]

  /// The number of examples.
  public var count: Int { labels.count }

  /// Creates a data set from elements in the order `[example, time, feature]`.
  ///
  /// - Precondition: The elements number `labels.count * steps * features`, and every label is
  ///   from 0 to `classNames.count - 1`.
  public init(
    elements: Elements,
    labels: [Int],
    steps: Int,
    features: Int,
    classNames: [String]
  ) {
    let count =
      switch elements {
      case .bytes(let values, _): values.count
      case .floats(let values): values.count
      }
    require(
      steps > 0 && features > 0 && count == labels.count * steps * features,
      """
      a SequenceDataset of \(labels.count) examples with \(steps) steps of \(features) features \
      needs \(labels.count * steps * features) elements, got \(count)
      """
    )
    require(
      labels.allSatisfy { $0 >= 0 && $0 < classNames.count },
      "SequenceDataset labels must be from 0 to \(classNames.count - 1)"
    )
    self.elements = elements
    self.labels = labels
    self.steps = steps
    self.features = features
    self.classNames = classNames
  }

  /// Returns the examples in `range`, in order.
  public func slice(_ range: Range<Int>) -> SequenceDataset {
    require(
      range.lowerBound >= 0 && range.upperBound <= count,
      "slice \(range) lies outside a data set of \(count) examples"
    )
    let size = steps * features
    let span = range.lowerBound * size..<range.upperBound * size
    let part: Elements =
      switch elements {
      case .bytes(let values, let scale): .bytes(Array(values[span]), scale: scale)
      case .floats(let values): .floats(Array(values[span]))
      }
    return SequenceDataset(
      elements: part,
      labels: Array(labels[range]),
      steps: steps,
      features: features,
      classNames: classNames
    )
  }

  /// Returns the elements of one example as floats, `[time, feature]`.
  public func values(ofExample index: Int) -> [Float] {
    let size = steps * features
    let span = index * size..<(index + 1) * size
    return switch elements {
    case .bytes(let values, let scale): values[span].map { Float($0) * scale }
    case .floats(let values): Array(values[span])
    }
  }
}
