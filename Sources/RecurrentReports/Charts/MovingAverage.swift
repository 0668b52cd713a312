/// A curve's moving average, in which a point counts the less the further back it lies.
///
/// s ← w s + (1 - w) x, begun at 0 and divided by 1 - wᵗ after t points, so that the first points
/// are not drawn towards 0; TensorBoard smooths so.
struct MovingAverage: Equatable {
  /// Curves of fewer points are not smoothed: there is little to gain, and every point can be seen.
  static let leastPoints = 20

  /// What of the average before is kept at each point, w.
  let weight: Double

  /// The average for a curve of so many points: over about two points and a half, or the fortieth
  /// part of a long curve.
  init?(points: Int) {
    guard points >= Self.leastPoints else { return nil }
    weight = max(0.6, 1 - 40 / Double(points))
  }

  /// The average after each point; a point that does not count stays as it is.
  func values(
    of points: [LineChart.Point],
    counting counts: (LineChart.Point) -> Bool
  ) -> [LineChart.Point] {
    var (sum, left) = (0.0, 1.0)
    return points.map { point in
      guard counts(point) else { return point }
      sum = weight * sum + (1 - weight) * point.y
      left *= weight
      return LineChart.Point(x: point.x, y: sum / (1 - left))
    }
  }
}

extension LineChart {
  /// A series' moving average over the points that can be drawn; nil where it is not smoothed.
  func smoothed(_ line: Series) -> [Point]? {
    guard isSmoothed else { return nil }
    return MovingAverage(points: line.points.count(where: isDrawable))?
      .values(of: line.points, counting: isDrawable)
  }

  /// What its lines are, in a few words; nil where they are the values alone.
  var smoothingNote: String? {
    smoothingWeight.map { "thin: values; thick: their moving average (weight \($0))" }
  }

  /// The weights of the moving averages; nil without any.
  var smoothingWeight: String? {
    guard isSmoothed else { return nil }
    let weights = series.compactMap {
      MovingAverage(points: $0.points.count(where: isDrawable))?.weight
    }
    guard let least = weights.min(), let most = weights.max() else { return nil }
    let weight = NumberText.significant(least, digits: 3)
    return least == most ? weight : "\(weight) to \(NumberText.significant(most, digits: 3))"
  }
}
