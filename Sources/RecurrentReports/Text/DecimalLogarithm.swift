/// Powers and logarithms to base ten from basic arithmetic alone.
///
/// The C library's versions may differ in the last bit from one system to the next; these do not,
/// so that a chart is the same file wherever it was drawn.
enum DecimalLogarithm {
  /// Ten to a whole power, exact for powers from 0 to 22.
  static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }

  /// The logarithm to base ten of a positive, finite value, to about 15 digits.
  static func of(_ value: Double) -> Double {
    var significand = value.significand
    var exponent = Double(value.exponent)
    if significand > 1.414_213_562_373_095 {
      significand /= 2
      exponent += 1
    }
    // ln m = 2 (s + s³/3 + s⁵/5 + ...) with s = (m - 1) / (m + 1), here |s| < 0.172.
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 23, through: 1, by: -2) {
      sum = sum * square + 1 / Double(odd)
    }
    let naturalLogarithm = 2 * ratio * sum + exponent * 0.693_147_180_559_945_3
    return naturalLogarithm * 0.434_294_481_903_251_83
  }

  /// The largest whole exponent whose power of ten does not exceed a positive, finite value.
  static func floor(_ value: Double) -> Int {
    var exponent = Int(of(value).rounded(.down))
    if power(exponent + 1) <= value { exponent += 1 }
    if power(exponent) > value { exponent -= 1 }
    return exponent
  }
}
