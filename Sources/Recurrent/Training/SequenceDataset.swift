/// Labelled sequences, of one length or padded to the longest, held in memory.
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
  /// The number of time steps in every sequence, or in the longest.
  public let steps: Int
  /// The number of time steps of each sequence; nil where all have `steps`.
  ///
  /// What an example holds past its own end means nothing.
  public let lengths: [Int]?
  /// The number of features at each step.
  public let features: Int
  /// What each class is called.
  public let classNames: [String]

  /// The number of examples.
  public var count: Int { labels.count }

  /// Creates a data set from elements in the order `[example, time, feature]`.
  ///
  /// Where lengths are given, each example's own is from 1 to `steps`, and the rest is padding.
  ///
  /// - Precondition: The elements number `labels.count * steps * features`, every label is from 0 to
  ///   `classNames.count - 1`, and there is a length for each example.
  public init(
    elements: Elements,
    labels: [Int],
    steps: Int,
    features: Int,
    classNames: [String],
    lengths: [Int]? = nil
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
    if let lengths {
      require(
        lengths.count == labels.count && lengths.allSatisfy { 1...steps ~= $0 },
        "SequenceDataset needs \(labels.count) lengths from 1 to \(steps)"
      )
    }
    self.lengths = lengths.flatMap { $0.contains { $0 != steps } ? $0 : nil }
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
      classNames: classNames,
      lengths: lengths.map { Array($0[range]) }
    )
  }

  /// The number of time steps of one example.
  public func length(ofExample index: Int) -> Int { lengths?[index] ?? steps }

  /// The places of examples from the longest to the shortest, equal ones as they come.
  func sortedByLength(_ indices: ArraySlice<Int>) -> ArraySlice<Int> {
    guard let lengths else { return indices }
    return SortedRows.order(of: indices.map { lengths[$0] })
      .map { indices[indices.startIndex + $0] }[...]
  }

  /// Returns the elements of one example as floats, `[time, feature]`, without padding.
  public func values(ofExample index: Int) -> [Float] {
    let size = steps * features
    let span = index * size..<index * size + length(ofExample: index) * features
    return switch elements {
    case .bytes(let values, let scale): values[span].map { Float($0) * scale }
    case .floats(let values): Array(values[span])
    }
  }
}
