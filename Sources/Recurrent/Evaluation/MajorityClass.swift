/// What tells classes without looking at a sequence: the most frequent class of those learned from.
public struct MajorityClass: Sendable, Equatable {
  /// The class; of equally frequent ones the first.
  public let label: Int
  /// The share of examples that are of it.
  public let share: Double

  /// Finds it among labels from 0 on; those below 0 are not known.
  ///
  /// Nil where none is known.
  public init?(of labels: some Sequence<Int>) {
    var counts: [Int] = []
    for label in labels where label >= 0 {
      if label >= counts.count { counts += repeatElement(0, count: label + 1 - counts.count) }
      counts[label] += 1
    }
    guard let most = counts.max(), let label = counts.firstIndex(of: most) else { return nil }
    self.label = label
    share = Double(most) / Double(counts.reduce(0, +))
  }

  /// The share of known labels that are of this class; 0 where none is known.
  public func accuracy(on labels: some Collection<Int>) -> Double {
    let known = labels.count { $0 >= 0 }
    return known > 0 ? Double(labels.count { $0 == label }) / Double(known) : 0
  }
}
