extension SequenceDataset {
  /// The examples that are among those of another data set, too: of the same length, with the same
  /// numbers at every step, whatever is to be answered about them.
  ///
  /// Examples of the test that were learned from make it look better than it is.
  ///
  /// - Complexity: O(elements of both).
  public func examples(alsoIn other: SequenceDataset) -> [Int] {
    guard features == other.features else { return [] }
    var candidates: [Int: [Int]] = [:]
    let areStoredAlike = isStored(like: other)
    for index in 0..<count {
      candidates[contentHash(ofExample: index, asStored: areStoredAlike), default: []].append(index)
    }
    var found: Set<Int> = []
    for index in 0..<other.count {
      let hash = other.contentHash(ofExample: index, asStored: areStoredAlike)
      // Examples that differ may have one hash: the numbers themselves decide.
      for candidate in candidates[hash] ?? []
      where !found.contains(candidate) && isSame(candidate, as: index, of: other) {
        found.insert(candidate)
      }
    }
    return found.sorted()
  }

  /// Whether the same numbers are the same bits in both.
  private func isStored(like other: SequenceDataset) -> Bool {
    switch (elements, other.elements) {
    case (.bytes(_, let scale), .bytes(_, let otherScale)): scale == otherScale
    case (.floats, .floats): true
    default: false
    }
  }

  /// A hash of an example's length and values, in this process.
  private func contentHash(ofExample index: Int, asStored: Bool) -> Int {
    var hasher = Hasher()
    hasher.combine(length(ofExample: index))
    let first = index * steps * features
    let span = first..<first + length(ofExample: index) * features
    switch elements {
    case .bytes(let bytes, _) where asStored:
      unsafe bytes[span].withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    case .floats(let values) where asStored:
      unsafe values[span].withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    default: for value in values(ofExample: index) { hasher.combine(value) }
    }
    return hasher.finalize()
  }

  private func isSame(_ index: Int, as otherIndex: Int, of other: SequenceDataset) -> Bool {
    length(ofExample: index) == other.length(ofExample: otherIndex)
      && values(ofExample: index).elementsEqual(other.values(ofExample: otherIndex)) {
        $0 == $1 || $0.isNaN && $1.isNaN
      }
  }
}

/// The windows that share a place with one of `others`: of one long series, those to test on that were
/// learned from in part.
///
/// Both are ranges of places in the series. Returns the places in `windows`, ascending.
///
/// - Complexity: O(n log n) for n windows in all.
public func windows(_ windows: [Range<Int>], overlapping others: [Range<Int>]) -> [Int] {
  let others = others.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
  let order = windows.indices.filter { !windows[$0].isEmpty }
    .sorted { windows[$0].upperBound < windows[$1].upperBound }
  var found: [Int] = []
  var next = 0
  // The furthest end among the others that begin before the window's end.
  var furthest = Int.min
  for place in order {
    while next < others.count && others[next].lowerBound < windows[place].upperBound {
      furthest = max(furthest, others[next].upperBound)
      next += 1
    }
    if furthest > windows[place].lowerBound { found.append(place) }
  }
  return found.sorted()
}
