/// A table of what each class was taken for, drawn with the accuracy of each class.
///
/// A square's colour tells its share of its row: blue for examples read rightly, orange for those
/// read wrongly, both stronger the larger the share. The shade follows the square root of the
/// share, so that mistakes of one in a hundred can still be seen.
///
/// Rows and names may be missing or short; missing counts are zero and a missing name is the
/// class's number.
public struct ConfusionMatrixChart: Sendable, Hashable {
  /// One class taken for another.
  public struct Confusion: Sendable, Hashable {
    /// The class the examples belong to.
    public var trueClass: Int
    /// The class they were taken for.
    public var predictedClass: Int
    /// How many were.
    public var count: Int
    /// Their share of all examples of the true class.
    public var share: Double
    /// The confusion as a sentence.
    public var sentence: String
  }

  /// What the chart shows, written above it.
  public var title: String
  /// How often each class (first index) was taken for each class (second index).
  public var counts: [[Int]]
  /// The names of the classes, in order.
  public var classNames: [String]

  /// Creates a chart from counts indexed by the true class, then by the predicted one.
  public init(title: String = "Confusion matrix", counts: [[Int]], classNames: [String]) {
    self.title = title
    self.counts = counts
    self.classNames = classNames
  }

  /// The chart as the text of an SVG file, for light and dark backgrounds.
  public var svg: String { markup(for: .standalone) }

  /// The number of classes: the most that names, rows and columns speak of.
  public var classCount: Int {
    max(classNames.count, counts.count, counts.map(\.count).max() ?? 0)
  }

  /// The most frequent confusions, the worst first; equals in the order of their classes.
  public func worstConfusions(limit: Int) -> [Confusion] {
    var all: [Confusion] = []
    for row in 0..<classCount {
      let total = total(ofRow: row)
      for column in 0..<classCount where column != row && count(row, column) > 0 {
        let count = count(row, column)
        let share = Double(count) / Double(total)
        let sentence =
          "\(name(of: row)) was read as \(name(of: column)): \(Self.times(count)), "
          + "\(NumberText.percent(share, places: 1)) of its "
          + "\(NumberText.grouped(total)) \(total == 1 ? "example" : "examples")."
        all.append(
          Confusion(
            trueClass: row,
            predictedClass: column,
            count: count,
            share: share,
            sentence: sentence
          )
        )
      }
    }
    all.sort {
      ($1.count, $0.trueClass, $0.predictedClass) < ($0.count, $1.trueClass, $1.predictedClass)
    }
    return Array(all.prefix(max(0, limit)))
  }

  /// How often a class was taken for another; negative counts read as zero.
  func count(_ row: Int, _ column: Int) -> Int {
    guard counts.indices.contains(row), counts[row].indices.contains(column) else { return 0 }
    return max(0, counts[row][column])
  }

  /// The number of examples of a class.
  func total(ofRow row: Int) -> Int {
    (0..<classCount).reduce(0) { $0 + count(row, $1) }
  }

  /// The share of a class's examples that were read rightly, if it has any.
  func accuracy(ofRow row: Int) -> Double? {
    let total = total(ofRow: row)
    return total > 0 ? Double(count(row, row)) / Double(total) : nil
  }

  /// What a class is called.
  func name(of index: Int) -> String {
    classNames.indices.contains(index) ? classNames[index] : "\(index)"
  }

  /// The chart in a few sentences, for those who cannot see it.
  var summary: String {
    guard classCount > 0 else { return "Confusion matrix without classes." }
    let total = (0..<classCount).reduce(0) { $0 + self.total(ofRow: $1) }
    let right = (0..<classCount).reduce(0) { $0 + count($1, $1) }
    let worst = worstConfusions(limit: 3).map { " " + $0.sentence }
    return "Confusion matrix of \(classCount) \(classCount == 1 ? "class" : "classes"): "
      + "\(NumberText.grouped(right)) of \(NumberText.grouped(total)) examples read rightly."
      + worst.joined()
  }

  private static func times(_ count: Int) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(NumberText.grouped(count)) times"
    }
  }
}
