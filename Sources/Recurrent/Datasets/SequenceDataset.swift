/// Sequences and what is to be answered about them, of one length or padded to the longest.
///
/// Elements are kept as they came, as bytes with a scale, as floats or as tokens of a text: a byte
/// image takes a quarter of the memory of a float one and becomes floats only when a batch is
/// gathered.
public struct SequenceDataset: Sendable {
  /// How the elements are stored, in the order `[example, time, feature]`.
  public enum Elements: Sendable {
    /// Bytes; an element's value is the byte times the scale.
    case bytes([UInt8], scale: Float)
    /// Values as they are.
    case floats([Float])
    /// Parts of a text; a step is a 1 at its token among zeros.
    case tokens(TokenWindows)
    /// Parts of long rows of numbers; a step is a row.
    case windows(NumberWindows)
  }

  /// The elements of all sequences, `[example, time, feature]`.
  public let elements: Elements
  /// What is to be answered.
  public let targets: Targets
  /// The number of examples.
  public let count: Int
  /// The number of time steps in every sequence, or in the longest.
  public let steps: Int
  /// The number of time steps of each sequence; nil where all have `steps`.
  ///
  /// What an example holds past its own end means nothing.
  public let lengths: [Int]?
  /// The number of features at each step.
  public let features: Int
  /// What each class, or each number that is to be answered, is called.
  public let outputNames: [String]
  /// How examples go on with one another; nil where each stands for itself.
  public let stream: SequenceStream?

  /// Creates a data set of sequences that have a class each.
  ///
  /// Elements are in the order `[example, time, feature]`. Where lengths are given, each example's own
  /// is from 1 to `steps`, and the rest is padding.
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
    self.init(
      elements: elements,
      count: labels.count,
      steps: steps,
      features: features,
      targets: .classes(labels),
      outputNames: classNames,
      lengths: lengths
    )
  }

  /// Creates a data set of sequences with anything to be answered.
  ///
  /// Elements are in the order `[example, time, feature]`. Where lengths are given, each example's own
  /// is from 1 to `steps`, and the rest is padding.
  ///
  /// - Precondition: The elements number `count * steps * features`, or are `count` windows of a
  ///   vocabulary of `features` tokens or of rows of `features` numbers; the targets fit them; there is a length for each example; and
  ///   examples that go on with one another are a multiple of the lanes.
  public init(
    elements: Elements,
    count: Int,
    steps: Int,
    features: Int,
    targets: Targets,
    outputNames: [String],
    lengths: [Int]? = nil,
    stream: SequenceStream? = nil
  ) {
    if let lengths {
      require(
        lengths.count == count && lengths.allSatisfy { 1...steps ~= $0 },
        "SequenceDataset needs \(count) lengths from 1 to \(steps)"
      )
    }
    self.lengths = lengths.flatMap { $0.contains { $0 != steps } ? $0 : nil }
    self.elements = elements
    self.count = count
    self.steps = steps
    self.features = features
    self.targets = targets
    self.outputNames = outputNames
    self.stream = stream
    requireElements()
    requireFit(targets, count: count)
    if let stream {
      require(
        count.isMultiple(of: stream.lanes) && stream.beginnings.count == count,
        "\(count) examples are not windows of \(stream.lanes) lanes"
      )
    }
  }

  private func requireElements() {
    let found: Int
    switch elements {
    case .bytes(let values, _): found = values.count
    case .floats(let values): found = values.count
    case .tokens(let tokens):
      require(
        steps > 0 && tokens.starts.count == count && tokens.text.vocabulary.count == features,
        """
        a SequenceDataset of \(count) windows of \(features) tokens got \(tokens.starts.count) of \
        \(tokens.text.vocabulary.count)
        """
      )
      require(
        tokens.starts.indices.allSatisfy {
          tokens.starts[$0] >= 0 && tokens.starts[$0] + length(ofExample: $0) <= tokens.text.count
        },
        "a window lies outside its text of \(tokens.text.count) tokens"
      )
      return
    case .windows(let windows):
      let rows = windows.rows
      require(
        steps > 0 && windows.starts.count == count && rows.columns == features,
        """
        a SequenceDataset of \(count) windows of \(features) numbers got \(windows.starts.count) of \
        \(rows.columns)
        """
      )
      require(
        windows.starts.indices.allSatisfy {
          windows.starts[$0] >= 0 && windows.starts[$0] + length(ofExample: $0) <= rows.count
        },
        "a window lies outside its \(rows.count) rows"
      )
      return
    }
    require(
      steps > 0 && features > 0 && found == count * steps * features,
      """
      a SequenceDataset of \(count) examples with \(steps) steps of \(features) features \
      needs \(count * steps * features) elements, got \(found)
      """
    )
  }

  /// Returns the examples in `range`, in order.
  ///
  /// - Precondition: The range lies within the data set; where examples go on with one another it
  ///   begins and ends with whole batches of lanes.
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
      case .tokens(let tokens):
        .tokens(TokenWindows(of: tokens.text, startingAt: Array(tokens.starts[range])))
      case .windows(let windows):
        .windows(NumberWindows(of: windows.rows, startingAt: Array(windows.starts[range])))
      }
    return SequenceDataset(
      elements: part,
      count: range.count,
      steps: steps,
      features: features,
      targets: slicedTargets(range),
      outputNames: outputNames,
      lengths: lengths.map { Array($0[range]) },
      stream: stream?.sliced(range)
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
    switch elements {
    case .bytes(let values, let scale): return values[span].map { Float($0) * scale }
    case .floats(let values): return Array(values[span])
    case .tokens(let tokens):
      var values = [Float](repeating: 0, count: span.count)
      tokens.forEachToken(of: index, count: length(ofExample: index)) { step, token in
        values[step * features + token] = 1
      }
      return values
    case .windows(let windows):
      let start = windows.starts[index]
      return windows.rows.numbers(in: start..<start + length(ofExample: index))
    }
  }
}
