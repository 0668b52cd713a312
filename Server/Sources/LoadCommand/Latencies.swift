import Foundation

/// The times that requests took.
struct Latencies {
  /// Shortest first.
  private let sorted: [Duration]

  init(_ times: [Duration]) { sorted = times.sorted() }

  /// The time within which this share of requests was answered; nil without any.
  func quantile(_ share: Double) -> Duration? {
    guard !sorted.isEmpty else { return nil }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }

  /// The median, what 1 in 100 takes longer than, and the longest.
  var text: String {
    [("p50", 0.5), ("p99", 0.99), ("max", 1)].map { name, share in
      "\(name) \(quantile(share).map { Self.milliseconds($0) } ?? "-")"
    }.joined(separator: ", ")
  }

  private static func milliseconds(_ time: Duration) -> String {
    String(format: "%.2f ms", time.inSeconds * 1_000)
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
