/// A series made ready to draw: cut where a value cannot be drawn, and thinned where it is long.
struct SeriesTrace: Equatable {
  /// Stretches of consecutive points, each with at least one point.
  private(set) var runs: [[LineChart.Point]] = []

  /// Cuts `points` wherever `isDrawable` says no and keeps about `limit` points of a long series.
  ///
  /// Thinning splits a run into equal stretches and keeps the first, the lowest, the highest and
  /// the last point of each, so that no peak is lost.
  init(_ points: [LineChart.Point], limit: Int, isDrawable: (LineChart.Point) -> Bool) {
    var run: [LineChart.Point] = []
    for point in points {
      if isDrawable(point) {
        run.append(point)
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    if !run.isEmpty { runs.append(run) }
    let total = runs.reduce(0) { $0 + $1.count }
    guard total > limit else { return }
    runs = runs.map { Self.thinned($0, limit: max(4, limit * $0.count / total)) }
  }

  /// The points that stand alone, which a line would not show.
  var isolatedPoints: [LineChart.Point] {
    runs.compactMap { $0.count == 1 ? $0.first : nil }
  }

  private static func thinned(_ run: [LineChart.Point], limit: Int) -> [LineChart.Point] {
    guard run.count > limit else { return run }
    let stretches = max(1, limit / 4)
    var kept: [LineChart.Point] = []
    for stretch in 0..<stretches {
      let first = run.count * stretch / stretches
      let last = run.count * (stretch + 1) / stretches - 1
      var lowest = first
      var highest = first
      for index in first...last {
        if run[index].y < run[lowest].y { lowest = index }
        if run[index].y > run[highest].y { highest = index }
      }
      var previous = -1
      for index in [first, min(lowest, highest), max(lowest, highest), last]
      where index > previous {
        kept.append(run[index])
        previous = index
      }
    }
    return kept
  }
}
