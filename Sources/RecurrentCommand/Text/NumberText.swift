import Foundation

/// A number with a fixed count of decimals, the same in every language setting.
func decimals(_ number: Double, _ count: Int) -> String {
  String(format: "%.\(count)f", locale: Locale(identifier: "en_US_POSIX"), number)
}

/// A share as a percentage: 0.98234 becomes "98.23%".
func percent(_ share: Double) -> String { decimals(100 * share, 2) + "%" }

/// A number with four significant digits, the same in every language setting.
func significant(_ number: Double) -> String {
  String(format: "%.4g", locale: Locale(identifier: "en_US_POSIX"), number)
}
