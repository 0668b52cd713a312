/// How often each class was read as each other.
public struct ConfusionMatrix: Sendable, Equatable {
  /// What each class is called.
  public let classNames: [String]
  /// The number of examples, by true class and then by predicted class.
  public private(set) var counts: [[Int]]

  /// Creates a matrix of zeros.
  public init(classNames: [String]) {
    self.classNames = classNames
    counts = Array(
      repeating: Array(repeating: 0, count: classNames.count),
      count: classNames.count
    )
  }

  /// Counts one example.
  ///
  /// - Precondition: Both classes exist.
  public mutating func add(true truth: Int, predicted: Int) { counts[truth][predicted] += 1 }

  /// The number of examples counted.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share of examples read rightly; 0 when there is none.
  public var accuracy: Double {
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    return total > 0 ? Double(right) / Double(total) : 0
  }

  /// The confusions that happened, most frequent first; ties in the order of the classes.
  public var confusions: [(truth: Int, predicted: Int, count: Int)] {
    var list: [(truth: Int, predicted: Int, count: Int)] = []
    for truth in counts.indices {
      for predicted in counts.indices where truth != predicted && counts[truth][predicted] > 0 {
        list.append((truth, predicted, counts[truth][predicted]))
      }
    }
    return list.enumerated().sorted { a, b in
      (b.element.count, a.offset) < (a.element.count, b.offset)
    }.map(\.element)
  }
}
