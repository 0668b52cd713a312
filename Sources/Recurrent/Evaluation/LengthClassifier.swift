/// What tells a sequence's class from its length alone.
///
/// The class is the most frequent one among the √n of n training sequences whose lengths are nearest,
/// and all others as near; of equally frequent ones the first. A model that does no better has
/// learned nothing but how long sequences are.
///
/// Source: T. M. Cover, P. E. Hart, "Nearest neighbor pattern classification", IEEE Transactions on
/// Information Theory, 1967.
public struct LengthClassifier: Sendable {
  /// The lengths that there were, ascending.
  private let lengths: [Int]
  /// The number of sequences of each of them, by class.
  private let counts: [[Int]]
  private let neighbours: Int

  /// Learns from sequences of these lengths and classes.
  ///
  /// - Precondition: There is at least one, and a length for each label from 0 on.
  public init(lengths all: [Int], labels: [Int]) {
    require(
      !all.isEmpty && all.count == labels.count && labels.allSatisfy { $0 >= 0 },
      "telling classes by lengths needs sequences, and a length for each"
    )
    let classes = (labels.max() ?? 0) + 1
    var counts: [Int: [Int]] = [:]
    for (length, label) in zip(all, labels) {
      counts[length, default: [Int](repeating: 0, count: classes)][label] += 1
    }
    lengths = counts.keys.sorted()
    self.counts = lengths.map { counts[$0] ?? [] }
    neighbours = max(1, Int(Double(all.count).squareRoot()))
  }

  /// The class of a sequence of this length.
  public func label(ofLength length: Int) -> Int {
    var after = lengths.partitioningIndex { $0 >= length }
    var before = after - 1
    var votes = [Int](repeating: 0, count: counts[0].count)
    var found = 0
    while found < neighbours {
      let below = before >= 0 ? length - lengths[before] : .max
      let above = after < lengths.count ? lengths[after] - length : .max
      if below == .max && above == .max { break }
      // Lengths equally far below and above are as near as each other: both vote.
      if below <= above {
        found += add(counts[before], to: &votes)
        before -= 1
      }
      if above <= below {
        found += add(counts[after], to: &votes)
        after += 1
      }
    }
    return votes.firstIndex(of: votes.max() ?? 0) ?? 0
  }

  private func add(_ counts: [Int], to votes: inout [Int]) -> Int {
    for label in counts.indices { votes[label] += counts[label] }
    return counts.reduce(0, +)
  }
}

extension Array {
  /// The first place whose element fulfils what all after it do, too.
  fileprivate func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
