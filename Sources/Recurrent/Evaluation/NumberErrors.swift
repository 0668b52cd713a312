/// How far numbers that were told are from the true ones.
///
/// Numbers that are not known, NaN among the true ones, do not count.
public struct NumberErrors: Sendable, Equatable {
  /// How many numbers were compared.
  public private(set) var count = 0
  private var absoluteSum = 0.0
  private var squareSum = 0.0

  /// Creates errors of nothing yet.
  public init() {}

  /// Takes in other errors.
  public mutating func add(_ other: NumberErrors) {
    count += other.count
    absoluteSum += other.absoluteSum
    squareSum += other.squareSum
  }

  /// Compares numbers with the true ones.
  ///
  /// - Precondition: There are as many of both.
  public init(of predictions: [Float], against truths: [Float]) {
    require(
      predictions.count == truths.count,
      "\(predictions.count) numbers cannot be compared with \(truths.count)"
    )
    for (prediction, truth) in zip(predictions, truths) where !truth.isNaN {
      let error = Double(prediction) - Double(truth)
      count += 1
      absoluteSum += error.magnitude
      squareSum += error * error
    }
  }

  /// The mean absolute error, MAE; 0 when nothing was compared.
  public var meanAbsoluteError: Double { count > 0 ? absoluteSum / Double(count) : 0 }

  /// The root of the mean squared error, RMSE; 0 when nothing was compared.
  public var rootMeanSquaredError: Double {
    count > 0 ? (squareSum / Double(count)).squareRoot() : 0
  }

  /// The mean absolute scaled error, MASE: the mean absolute error in units of `scale`, which is that of
  /// the seasonal naive forecast within the training part; below 1 is better than that.
  ///
  /// Nil where the scale is not above 0, as that of a constant series.
  ///
  /// Source: R. J. Hyndman, A. B. Koehler, "Another look at measures of forecast accuracy",
  /// International Journal of Forecasting, 2006.
  public func meanAbsoluteScaledError(scale: Double) -> Double? {
    scale > 0 && scale.isFinite ? meanAbsoluteError / scale : nil
  }
}
