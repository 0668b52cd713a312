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
    bytes.withUnsafeBufferPointer { float($0) }
  }

  /// The same for bytes in a buffer; `bytes[0..<bytes.count]` is all that is looked at.
  static func float(_ bytes: UnsafeBufferPointer<UInt8>) -> Float? {
    var (start, end) = (0, bytes.count)
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    guard let parts = Parts(bytes, start, end) else { return nil }
    guard parts.isExact, parts.digits <= 1 << 53, (-22...22).contains(parts.exponent) else {
      return Float(String(decoding: bytes[start..<end], as: UTF8.self))
    }
    let digits = Double(parts.digits)
    let value =
      parts.exponent < 0 ? digits / powers[-parts.exponent] : digits * powers[parts.exponent]
    // Halfway between two floats, the double's own rounding may have decided.
    if value.bitPattern & 0x1FFF_FFFF == 0x1000_0000 {
      return Float(String(decoding: bytes[start..<end], as: UTF8.self))
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

    /// Takes the number in `bytes[start..<end]` apart; nil if it is none.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
      var position = start
      if position < end, let sign = Self.sign(bytes[position]) {
        isNegative = sign < 0
        position += 1
      }
      var count = 0
      var hasPoint = false
      while position < end {
        let byte = bytes[position]
        let value = byte &- UInt8(ascii: "0")
        if value <= 9 {
          // 19 digits always fit.
          if digits < 1_000_000_000_000_000_000 {
            digits = digits &* 10 &+ UInt64(value)
          } else {
            isExact = false
          }
          count += 1
          if hasPoint { exponent -= 1 }
        } else if byte == UInt8(ascii: "."), !hasPoint {
          hasPoint = true
        } else {
          break
        }
        position += 1
      }
      guard count > 0 else { return nil }
      if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
        position += 1
        var isBelow = false
        if position < end, let sign = Self.sign(bytes[position]) {
          isBelow = sign < 0
          position += 1
        }
        let first = position
        var power = 0
        while position < end, case let value = bytes[position] &- UInt8(ascii: "0"), value <= 9 {
          power = min(power * 10 + Int(value), 100_000)
          position += 1
        }
        guard position > first else { return nil }
        exponent += isBelow ? -power : power
      }
      guard position == end else { return nil }
    }

    private static func sign(_ byte: UInt8) -> Int? {
      byte == UInt8(ascii: "-") ? -1 : byte == UInt8(ascii: "+") ? 1 : nil
    }
  }
}
