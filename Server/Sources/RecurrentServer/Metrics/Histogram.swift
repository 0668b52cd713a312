import Synchronization

/// How often numbers up to some bounds were observed.
final class Histogram: Sendable {
  private struct State {
    var counts: [Int]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  /// Creates a histogram with these bounds, the least first.
  init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func observe(_ value: Double) {
    let place = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[place] += 1
      state.sum += value
    }
  }

  /// The lines that tell it; `labels` are those that all of them have.
  func lines(_ name: String, labels: [(String, String)] = []) -> [String] {
    let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
    var total = 0
    var lines: [String] = []
    for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], counts) {
      total += count
      lines.append(
        PrometheusText.sample("\(name)_bucket", labels + [("le", bound)], "\(total)")
      )
    }
    lines.append(PrometheusText.sample("\(name)_sum", labels, "\(sum)"))
    lines.append(PrometheusText.sample("\(name)_count", labels, "\(total)"))
    return lines
  }
}
