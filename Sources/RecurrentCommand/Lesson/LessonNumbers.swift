/// The numbers of the lesson: how they are computed and how they are written.
///
/// The functions are made of basic arithmetic alone. A system's own differ from another's in the last
/// bit, and with it could differ a digit that is shown.
enum LessonNumbers {
  private static let naturalLogarithmOf2 = 0.693_147_180_559_945_3

  /// eˣ, to about 15 digits; for |x| up to 700.
  static func exp(_ x: Double) -> Double {
    // eˣ = 2ᵏ eʳ with |r| ≤ ln 2 / 2, where the series of eʳ is short.
    let power = (x / naturalLogarithmOf2).rounded()
    let rest = x - power * naturalLogarithmOf2
    var sum = 1.0
    for place in stride(from: 20, through: 1, by: -1) { sum = 1 + sum * rest / Double(place) }
    return Double(sign: .plus, exponent: Int(power), significand: sum)
  }

  /// The natural logarithm of a number above 0.
  static func logarithm(_ x: Double) -> Double {
    // Halley's steps towards the root of eʸ - x, each with three times the right digits.
    var y = Double(x.exponent) * naturalLogarithmOf2
    for _ in 0..<5 { y += 2 * (x - exp(y)) / (x + exp(y)) }
    return y
  }

  /// The logistic function, 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// The hyperbolic tangent, (e²ˣ - 1) / (e²ˣ + 1).
  static func tanh(_ x: Double) -> Double {
    let power = exp(2 * x)
    return (power - 1) / (power + 1)
  }

  /// A number with six decimals.
  static func sixPlaces(_ number: Double) -> String { fixed(number, 6) }

  /// A number with so many decimals, and no sign where nothing but zeros is left of it.
  static func fixed(_ number: Double, _ places: Int) -> String {
    let text = decimals(number, places)
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) }
      ? String(text.dropFirst()) : text
  }

  /// A number that has few decimals, with no more than it has.
  static func short(_ number: Double) -> String {
    var text = fixed(number, 6)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A number with two digits and its power of ten, such as 3.1e-7.
  static func scientific(_ number: Double) -> String {
    guard number != 0, number.isFinite else { return number == 0 ? "0" : "\(number)" }
    var (digits, exponent) = (number.magnitude, 0)
    while digits >= 9.95 {
      digits /= 10
      exponent += 1
    }
    while digits < 0.995 {
      digits *= 10
      exponent -= 1
    }
    return "\(number < 0 ? "-" : "")\(decimals(digits, 1))e\(exponent)"
  }
}
