/// Forecasts that need no model, to compare those of a model with.
///
/// NaN stands for a number that is not known.
public enum NaiveForecast {
  /// Returns the next `horizon` numbers if each is the last known one; NaN where none is known.
  public static func last<Number: BinaryFloatingPoint>(
    of history: [Number],
    horizon: Int
  ) -> [Number] {
    let last = history.last { !$0.isNaN } ?? .nan
    return [Number](repeating: last, count: horizon)
  }

  /// Returns the next `horizon` numbers if each is the one a whole number of seasons before it: the last
  /// known one at its place of the season.
  ///
  /// With a season of 1 this is the last known number. Where none is known at a place of the season, it is
  /// that, too.
  ///
  /// - Precondition: A season has at least one step.
  public static func seasonal<Number: BinaryFloatingPoint>(
    of history: [Number],
    season: Int,
    horizon: Int
  ) -> [Number] {
    require(season > 0, "a season has at least one step, got \(season)")
    var known = [Number](repeating: .nan, count: season)
    for (place, number) in history.enumerated() where !number.isNaN {
      known[place % season] = number
    }
    let last = history.last { !$0.isNaN } ?? .nan
    return (history.count..<history.count + horizon).map { place in
      let number = known[place % season]
      return number.isNaN ? last : number
    }
  }

  /// Returns the mean absolute error of the seasonal naive forecast one season ahead within a series, the
  /// scale of the mean absolute scaled error.
  ///
  /// Nil where no two known numbers are a season apart.
  ///
  /// - Precondition: A season has at least one step.
  public static func scale<Series: RandomAccessCollection>(
    of series: Series,
    season: Int = 1
  ) -> Double? where Series.Element: BinaryFloatingPoint {
    require(season > 0, "a season has at least one step, got \(season)")
    var sum = 0.0
    var count = 0
    for (number, before) in zip(series.dropFirst(season), series) {
      let change = Double(number) - Double(before)
      if change.isNaN { continue }
      sum += change.magnitude
      count += 1
    }
    return count > 0 ? sum / Double(count) : nil
  }
}
