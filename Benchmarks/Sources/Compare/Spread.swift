/// Several measurements of one thing: the middle and the ends.
struct Spread: Codable {
  let median: Double
  let least: Double
  let most: Double
  let count: Int

  /// Sums up `values`; nil if there are none.
  init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    (least, most, count) = (first, last, sorted.count)
    let middle = sorted.count / 2
    median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
