#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The mean of a few measurements, such as one for each seed, and how far from it the true one may be.
public struct MeanInterval: Sendable, Equatable {
  /// How many measurements there are.
  public let count: Int
  /// Their mean.
  public let mean: Double
  /// Their standard deviation, with n - 1 in the denominator; 0 for one measurement.
  public let deviation: Double

  /// Takes the measurements; nil without any.
  public init?(of measurements: [Double]) {
    guard !measurements.isEmpty else { return nil }
    count = measurements.count
    let mean = measurements.reduce(0, +) / Double(count)
    self.mean = mean
    let squares = measurements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    deviation = count > 1 ? (squares / Double(count - 1)).squareRoot() : 0
  }

  /// The degrees of freedom of Student's t.
  public var degreesOfFreedom: Int { count - 1 }

  /// How far the interval that holds the true mean in 95 of 100 cases reaches to either side, by Student's
  /// t, for measurements that are about normal; nil for one measurement, which tells nothing of it.
  ///
  /// Source: Student, "The probable error of a mean", Biometrika, 1908.
  public var halfWidth: Double? {
    guard count > 1 else { return nil }
    return Self.quantile(within: 0.95, degreesOfFreedom: degreesOfFreedom) * deviation
      / Double(count).squareRoot()
  }

  /// The value that Student's t of so many degrees of freedom exceeds to neither side with this probability.
  static func quantile(within probability: Double, degreesOfFreedom: Int) -> Double {
    // The angle whose tangent is t / √ν, halved until nothing is between the bounds.
    var (low, high) = (0.0, Double.pi / 2)
    while true {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if within(angle: middle, degreesOfFreedom) < probability {
        low = middle
      } else {
        high = middle
      }
    }
    return tan(low) * Double(degreesOfFreedom).squareRoot()
  }

  /// The probability that t is within ±√ν tan(angle), a finite sum for whole ν.
  ///
  /// Source: M. Abramowitz, I. A. Stegun, "Handbook of mathematical functions", 1964, 26.7.3 and 26.7.4.
  private static func within(angle: Double, _ degreesOfFreedom: Int) -> Double {
    let (sine, cosine) = (sin(angle), cos(angle))
    let isOdd = degreesOfFreedom % 2 == 1
    var term = isOdd ? cosine : 1
    var sum = 0.0
    for power in stride(from: isOdd ? 1 : 0, through: degreesOfFreedom - 2, by: 2) {
      sum += term
      term *= cosine * cosine * Double(power + 1) / Double(power + 2)
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }
}
