/// How a histogram of an event file cuts the line of numbers.
public enum HistogramBuckets: Sendable, Hashable {
  /// TensorFlow's own: each limit is 1.1 times the one before, from 10⁻¹² to 10²⁰ and on the other side
  /// of 0, so that numbers of any size have their places; empty neighbours are one.
  case exponential
  /// So many of one width from the smallest number to the largest; at least one is made, at most 10,000.
  case uniform(Int)
}

extension HistogramBuckets {
  /// The limits below which TensorFlow's buckets lie, in ascending order.
  private static let exponentialLimits: [Double] = {
    var positive: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      positive.append(limit)
      limit *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  /// The histogram of the numbers that are finite; the first bucket with any begins at the smallest.
  func histogram(of numbers: [Float]) -> EventHistogramMessage {
    let numbers = numbers.lazy.filter(\.isFinite).map(Double.init)
    guard let least = numbers.min(), let greatest = numbers.max() else {
      return EventHistogramMessage()
    }
    var limits: [Double]
    switch self {
    case .exponential: limits = Self.exponentialLimits
    case .uniform(let count):
      let count = least == greatest ? 1 : min(max(count, 1), 10_000)
      limits = (1...count).map { least + (greatest - least) / Double(count) * Double($0) }
    }
    var counts = [Double](repeating: 0, count: limits.count)
    var message = EventHistogramMessage()
    for number in numbers {
      counts[min(limits.firstPlace(above: number), counts.count - 1)] += 1
      message.sum += number
      message.sumSquares += number * number
      message.num += 1
    }
    (message.min, message.max) = (least, greatest)
    let kept = (counts.firstIndex { $0 > 0 } ?? 0)...(counts.lastIndex { $0 > 0 } ?? 0)
    for (limit, count) in zip(limits[kept], counts[kept]) {
      // Of hundreds of buckets most are empty, and neighbours of those say no more than one.
      if self == .exponential, count == 0, message.bucket.last == 0 {
        message.bucketLimit[message.bucketLimit.count - 1] = limit
      } else {
        message.bucketLimit.append(limit)
        message.bucket.append(count)
      }
    }
    return message
  }
}

extension [Double] {
  /// The place of the first element above a number, in ascending order; the count if there is none.
  fileprivate func firstPlace(above number: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] > number { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
