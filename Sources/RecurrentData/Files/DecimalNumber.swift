/// Decimal numbers in the bytes of a text, read without making strings of them.
enum DecimalNumber {
  /// The powers of ten that a double has exactly.
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }

  /// Returns the nearest float to the number that `bytes` are; nil if they are no number.
  ///
  /// A number is digits with a sign, a decimal point and an exponent where wanted, such as `-1.5e3`,
  /// with spaces around it; one that is too large is infinite.
  ///
  /// Source of the quick way: W. D. Clinger, "How to read floating point numbers accurately", 1990: up
  /// to 2⁵³ and 10²² a double has both parts exactly, and rounds once.
  static func float(_ bytes: ArraySlice<UInt8>) -> Float? {
    var rest = bytes
    while rest.first == 0x20 || rest.first == 0x09 { rest.removeFirst() }
    while rest.last == 0x20 || rest.last == 0x09 { rest.removeLast() }
    guard let parts = Parts(rest) else { return nil }
    guard parts.isExact, parts.digits <= 1 << 53, (-22...22).contains(parts.exponent) else {
      return Float(String(decoding: rest, as: UTF8.self))
    }
    let digits = Double(parts.digits)
    let value =
      parts.exponent < 0 ? digits / powers[-parts.exponent] : digits * powers[parts.exponent]
    // Halfway between two floats, the double's own rounding may have decided.
    if value.bitPattern & 0x1FFF_FFFF == 0x1000_0000 {
      return Float(String(decoding: rest, as: UTF8.self))
    }
    return parts.isNegative ? -Float(value) : Float(value)
  }

  /// A number's digits and the power of ten they are multiplied by.
  private struct Parts {
    var isNegative = false
    var digits: UInt64 = 0
    var exponent = 0
    /// Whether all digits are in `digits`.
    var isExact = true

    /// Takes a number apart; nil if it is none.
    init?(_ bytes: ArraySlice<UInt8>) {
      var position = bytes.startIndex
      let end = bytes.endIndex
      if position < end,
        bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
      {
        isNegative = bytes[position] == UInt8(ascii: "-")
        position += 1
      }
      var count = 0
      func digit(_ position: Int) -> UInt64? {
        guard position < end else { return nil }
        let value = bytes[position] &- UInt8(ascii: "0")
        return value <= 9 ? UInt64(value) : nil
      }
      var fractionStart: Int?
      while true {
        if let value = digit(position) {
          // 19 digits always fit.
          if digits < 1_000_000_000_000_000_000 {
            digits = digits * 10 + value
          } else {
            isExact = false
          }
          count += 1
          if fractionStart != nil { exponent -= 1 }
        } else if position < end, bytes[position] == UInt8(ascii: "."), fractionStart == nil {
          fractionStart = position
        } else {
          break
        }
        position += 1
      }
      guard count > 0 else { return nil }
      if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
        position += 1
        var isBelow = false
        if position < end,
          bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        {
          isBelow = bytes[position] == UInt8(ascii: "-")
          position += 1
        }
        guard digit(position) != nil else { return nil }
        var power = 0
        while let value = digit(position) {
          power = min(power * 10 + Int(value), 100_000)
          position += 1
        }
        exponent += isBelow ? -power : power
      }
      guard position == end else { return nil }
    }
  }
}
