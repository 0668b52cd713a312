import Foundation

/// Writes measurements the way a reader wants them.
enum TimeText {
  /// A time in the unit that suits it, to three digits.
  static func short(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: digits(seconds * 1e6) + " µs"
    case ..<1: digits(seconds * 1e3) + " ms"
    default: digits(seconds) + " s"
    }
  }

  /// A number to three significant digits, none dropped before the point.
  static func digits(_ value: Double) -> String {
    switch value.magnitude {
    case 100...: String(format: "%.0f", value)
    case 10...: String(format: "%.1f", value)
    default: String(format: "%.2f", value)
    }
  }

  /// The middle with the ends in brackets.
  static func spread(_ spread: Spread?, _ text: (Double) -> String) -> String {
    guard let spread else { return "–" }
    return "\(text(spread.median)) (\(text(spread.least))–\(text(spread.most)))"
  }
}
