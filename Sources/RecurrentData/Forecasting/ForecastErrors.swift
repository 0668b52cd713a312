public import Recurrent

/// How far forecasts of several series were from what came, in their own units and in those of each
/// series' changes.
public struct ForecastErrors: Sendable, Equatable {
  /// The errors in the numbers' own units.
  public private(set) var own = NumberErrors()
  private var scaled = NumberErrors()

  /// Creates errors of nothing yet.
  public init() {}

  /// The mean absolute scaled error over all series; nil where none has a scale.
  ///
  /// See `NumberErrors.meanAbsoluteScaledError`.
  public var meanAbsoluteScaledError: Double? {
    scaled.count > 0 ? scaled.meanAbsoluteError : nil
  }

  /// Takes in forecasts; what was missing does not count.
  ///
  /// `scale` is that of the series (see `NaiveForecast.scale`); nil where there is none.
  ///
  /// - Precondition: There are as many numbers of both.
  public mutating func add(_ forecasts: [Float], actual: [Float], scale: Double?) {
    own.add(NumberErrors(of: forecasts, against: actual))
    guard let scale, scale > 0 else { return }
    let unit = Float(scale)
    scaled.add(NumberErrors(of: forecasts.map { $0 / unit }, against: actual.map { $0 / unit }))
  }

  /// Takes in other errors.
  public mutating func add(_ other: ForecastErrors) {
    own.add(other.own)
    scaled.add(other.scaled)
  }
}
