import Recurrent

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The numbers of a series as they come, without gaps, or their logarithms, and how they differ from
/// those some times before.
struct SeriesLevels {
  private let hasLogarithm: Bool
  private let lag: Int
  private var last: [Float]
  /// The levels of the last `lag` times of each variable, in a ring.
  private var before: [[Float]]
  private var times: [Int]

  /// Begins before the first time of a series; what is missing at its beginning is taken to be the first
  /// number there is.
  init(hasLogarithm: Bool, lag: Int, startingLike rows: NumberRows) {
    self.hasLogarithm = hasLogarithm
    self.lag = lag
    last = (0..<rows.columns).map { variable in
      (0..<rows.count).lazy.map { rows[$0, variable] }.first { !$0.isNaN } ?? 0
    }
    before = (0..<rows.columns).map { _ in [Float](repeating: 0, count: lag) }
    times = [Int](repeating: 0, count: rows.columns)
  }

  /// Takes the next number of a variable, and returns its level less that of `lag` times before.
  ///
  /// Nil where there was none yet; without a lag it is the level itself.
  mutating func change(to number: Float, variable: Int) -> Float? {
    if !number.isNaN { last[variable] = number }
    let level =
      hasLogarithm ? log(max(last[variable], .leastNormalMagnitude)) : last[variable]
    guard lag > 0 else { return level }
    let place = times[variable] % lag
    let isKnown = times[variable] >= lag
    let change = level - before[variable][place]
    before[variable][place] = level
    times[variable] += 1
    return isKnown ? change : nil
  }
}
