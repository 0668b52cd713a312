/// Decimal numbers as JSON writes them.
enum DecimalText {
  /// The powers of ten that a double has exactly.
  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }

  /// Reads the number that begins at `place`, and moves on behind it; nil if there is none.
  ///
  /// It is the nearest float; one that is too large is infinite.
  ///
  /// Source of the quick way: W. D. Clinger, "How to read floating point numbers accurately", 1990: up
  /// to 2⁵³ and 10²² a double has both parts exactly, and rounds once.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, at place: inout Int) -> Float? {
    let start = place
    var position = place
    func digit() -> UInt64? {
      guard position < bytes.count else { return nil }
      let value = bytes[position] &- UInt8(ascii: "0")
      return value <= 9 ? UInt64(value) : nil
    }
    func isNext(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }
    let isNegative = isNext(UInt8(ascii: "-"))
    if isNegative { position += 1 }
    guard let first = digit() else { return nil }
    var digits = first
    var isExact = true
    var exponent = 0
    position += 1
    if first > 0 {
      while let next = digit() {
        take(next, into: &digits, &isExact)
        position += 1
      }
    }
    if isNext(UInt8(ascii: ".")) {
      position += 1
      let begin = position
      while let next = digit() {
        take(next, into: &digits, &isExact)
        position += 1
      }
      guard position > begin else { return nil }
      exponent = begin - position
    }
    if isNext(UInt8(ascii: "e")) || isNext(UInt8(ascii: "E")) {
      position += 1
      let isBelow = isNext(UInt8(ascii: "-"))
      if isBelow || isNext(UInt8(ascii: "+")) { position += 1 }
      var power = 0
      let begin = position
      while let next = digit() {
        power = min(power * 10 + Int(next), 1_000_000)
        position += 1
      }
      guard position > begin else { return nil }
      exponent += isBelow ? -power : power
    }
    place = position
    func slowly() -> Float? { Float(String(decoding: bytes[start..<position], as: UTF8.self)) }
    guard isExact, digits <= 1 << 53, -22...22 ~= exponent else { return slowly() }
    let value =
      exponent < 0 ? Double(digits) / powers[-exponent] : Double(digits) * powers[exponent]
    // Halfway between two floats, the double's own rounding may have decided.
    guard value.bitPattern & 0x1FFF_FFFF != 0x1000_0000 else { return slowly() }
    return isNegative ? -Float(value) : Float(value)
  }

  @inline(__always)
  private static func take(_ digit: UInt64, into digits: inout UInt64, _ isExact: inout Bool) {
    // 19 digits always fit.
    if digits < 1_000_000_000_000_000_000 {
      digits = digits &* 10 &+ digit
    } else {
      isExact = false
    }
  }
}
