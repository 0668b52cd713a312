/// How far forecasts were from what came.
public struct ForecastErrors: Sendable, Equatable, Codable {
  /// The number of numbers that were forecast and are known.
  public private(set) var count = 0
  private var distances = 0.0
  private var squares = 0.0
  private var scaledDistances = 0.0
  private var scaledCount = 0

  /// Creates errors of nothing yet.
  public init() {}

  /// The mean absolute error.
  public var meanAbsoluteError: Double { count > 0 ? distances / Double(count) : .nan }
  /// The root of the mean squared error.
  public var rootMeanSquaredError: Double {
    count > 0 ? (squares / Double(count)).squareRoot() : .nan
  }
  /// The mean absolute scaled error: that of the forecast by the one of the number a season before, in
  /// training; NaN where that is 0.
  ///
  /// Source: R. J. Hyndman, A. B. Koehler, "Another look at measures of forecast accuracy", 2006.
  public var meanAbsoluteScaledError: Double {
    scaledCount > 0 ? scaledDistances / Double(scaledCount) : .nan
  }

  /// Takes in a forecast; what was missing does not count.
  ///
  /// `scale` is the mean distance of a number from the one a season before it in training; nil where
  /// there is none.
  public mutating func add(_ forecast: Float, actual: Float, scale: Double?) {
    guard !actual.isNaN else { return }
    let distance = abs(Double(forecast) - Double(actual))
    count += 1
    distances += distance
    squares += distance * distance
    guard let scale, scale > 0 else { return }
    scaledCount += 1
    scaledDistances += distance / scale
  }

  /// Takes in other errors.
  public mutating func add(_ other: ForecastErrors) {
    count += other.count
    distances += other.distances
    squares += other.squares
    scaledDistances += other.scaledDistances
    scaledCount += other.scaledCount
  }
}
