/// Writes numbers the same way on every system and in every locale.
enum NumberText {
  /// A whole number with commas between thousands.
  static func grouped(_ value: Int) -> String {
    let grouped = groupedDigits(String(value.magnitude))
    return value < 0 ? "−" + grouped : grouped
  }

  /// A number with a fixed count of decimals, thousands grouped, and a true minus sign.
  static func fixed(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return unwritable(value) }
    let scaled = (value.magnitude * DecimalLogarithm.power(places)).rounded()
    guard scaled < 1e17 else { return scientific(value, digits: 4) }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let whole = groupedDigits(String(padded.dropLast(places)))
    let text = places == 0 ? whole : whole + "." + padded.suffix(places)
    return value < 0 && scaled > 0 ? "−" + text : text
  }

  /// A number to so many significant digits, trailing zeros dropped; 1.2e−7 where very small.
  static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return unwritable(value) }
    guard value != 0 else { return "0" }
    let exponent = DecimalLogarithm.floor(value.magnitude)
    guard (-5..<9).contains(exponent) else { return scientific(value, digits: digits) }
    return withoutTrailingZeros(fixed(value, places: max(0, digits - 1 - exponent)))
  }

  /// A cost: four decimals, or three significant digits once it is below a hundredth.
  static func cost(_ value: Double) -> String {
    value.magnitude >= 0.01 || value == 0
      ? fixed(value, places: 4) : significant(value, digits: 3)
  }

  /// A share of one as a percentage.
  static func percent(_ value: Double, places: Int) -> String {
    value.isFinite ? fixed(value * 100, places: places) + "%" : unwritable(value)
  }

  /// A probability as a percentage that never rounds to certainty or impossibility.
  static func probability(_ value: Double) -> String {
    switch value {
    case 0: "0%"
    case 1: "100%"
    case 0..<0.0001: "<0.01%"
    case 0.9999..<1: ">99.99%"
    case 0.0001..<0.01, 0.99..<0.9999: percent(value, places: 2)
    default: percent(value, places: 0)
    }
  }

  /// A length of time in the units a person would use.
  static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return unwritable(seconds) }
    if seconds < 59.95 { return fixed(seconds, places: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    let minutes = (whole + 30) / 60
    return "\(grouped(minutes / 60)) h \(minutes % 60) min"
  }

  /// A drawing coordinate: at most one decimal and a plain minus, as SVG reads it.
  static func coordinate(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (whole, tenth) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    let text = tenth == 0 ? "\(whole)" : "\(whole).\(tenth)"
    return tenths < 0 ? "-" + text : text
  }

  private static func groupedDigits(_ digits: String) -> String {
    var result = ""
    for (offset, digit) in digits.enumerated() {
      if offset > 0, (digits.count - offset).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return result
  }

  private static func scientific(_ value: Double, digits: Int) -> String {
    var exponent = DecimalLogarithm.floor(value.magnitude)
    let mantissa = value.magnitude / DecimalLogarithm.power(exponent)
    var written = withoutTrailingZeros(fixed(mantissa, places: digits - 1))
    if written == "10" {
      written = "1"
      exponent += 1
    }
    let sign = value < 0 ? "−" : ""
    let exponentSign = exponent < 0 ? "−" : ""
    return "\(sign)\(written)e\(exponentSign)\(exponent.magnitude)"
  }

  private static func withoutTrailingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var result = text
    while result.last == "0" { result.removeLast() }
    if result.last == "." { result.removeLast() }
    return result
  }

  private static func unwritable(_ value: Double) -> String {
    value.isNaN ? "not a number" : value < 0 ? "−∞" : "∞"
  }
}
