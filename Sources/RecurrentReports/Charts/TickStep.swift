/// The distance between ticks: 1, 2 or 5 times a power of ten.
///
/// Ticks are whole multiples of the step, computed without accumulating rounding errors.
struct TickStep: Equatable {
  /// 1, 2 or 5.
  let mantissa: Int
  /// The power of ten.
  let exponent: Int

  /// The smallest nice step that cuts `span` into at most `count` parts.
  init(span: Double, atMost count: Int, wholeNumbers: Bool = false) {
    let raw = span / Double(max(1, count))
    guard raw.isFinite, raw > 0, !(wholeNumbers && raw <= 1) else {
      self.init(mantissa: 1, exponent: 0)
      return
    }
    let exponent = DecimalLogarithm.floor(raw)
    let candidates = [1, 2, 5].map { TickStep(mantissa: $0, exponent: exponent) }
    // The tolerance keeps 0.6 / 3 from being taken for a little more than 0.2.
    let fitting = candidates.first { $0.size >= raw * (1 - 1e-9) }
    self = fitting ?? TickStep(mantissa: 1, exponent: exponent + 1)
  }

  private init(mantissa: Int, exponent: Int) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// The distance itself.
  var size: Double { tick(1) }

  /// Decimals needed to write a tick.
  var places: Int { max(0, -exponent) }

  /// The tick with the given index; index 0 is zero.
  func tick(_ index: Int) -> Double {
    let power = DecimalLogarithm.power(abs(exponent))
    let multiple = Double(index) * Double(mantissa)
    return exponent < 0 ? multiple / power : multiple * power
  }

  /// The indices of the ticks that lie from `lower` to `upper`.
  func indices(within lower: Double, _ upper: Double) -> [Int] {
    let first = Int((lower / size - 1e-6).rounded(.up))
    let last = Int((upper / size + 1e-6).rounded(.down))
    return first <= last ? Array(first...last) : []
  }

  /// The indices of the ticks that enclose `lower` and `upper`.
  func indices(enclosing lower: Double, _ upper: Double) -> [Int] {
    let first = Int((lower / size + 1e-6).rounded(.down))
    let last = Int((upper / size - 1e-6).rounded(.up))
    return Array(first...max(first + 1, last))
  }
}
