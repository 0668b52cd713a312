/// JSON as it is written, without spaces; numbers have the fewest digits that read back as they are.
struct JSONWriter: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Whether a comma comes before the next value.
  private var needsComma = false

  /// The text so far.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func object(_ members: (inout JSONWriter) -> Void) {
    enclosed(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
  }

  mutating func array(_ elements: (inout JSONWriter) -> Void) {
    enclosed(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
  }

  private mutating func enclosed(
    _ open: UInt8,
    _ close: UInt8,
    _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    bytes.append(open)
    needsComma = false
    body(&self)
    bytes.append(close)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// The name of the member whose value comes next.
  mutating func name(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func value(_ text: String) {
    separate()
    quote(text)
  }

  mutating func value(_ number: Int) { plain("\(number)") }

  mutating func value(_ truth: Bool) { plain(truth ? "true" : "false") }

  mutating func null() { plain("null") }

  /// A number; null where it is none.
  mutating func value(_ number: Float) { plain(number.isFinite ? number.description : "null") }

  /// A number with at most four decimals.
  mutating func rounded(_ number: Float) {
    guard number.magnitude < 1e9 else { return value(number) }
    let units = Int((Double(number) * 10_000).rounded())
    guard units != 0 else { return plain("0") }
    let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: 10_000)
    separate()
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes += whole.description.utf8
    guard rest > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var (left, unit) = (rest, UInt(1_000))
    while left > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(left / unit))
      (left, unit) = (left % unit, unit / 10)
    }
  }

  /// JSON that is written already.
  mutating func written(_ json: [UInt8]) {
    separate()
    bytes += json
  }

  mutating func member(_ name: String, _ text: String) {
    self.name(name)
    value(text)
  }

  mutating func member(_ name: String, _ number: Int) {
    self.name(name)
    value(number)
  }

  mutating func member(_ name: String, _ truth: Bool) {
    self.name(name)
    value(truth)
  }

  mutating func member(_ name: String, _ texts: [String]) {
    self.name(name)
    array { writer in
      for text in texts { writer.value(text) }
    }
  }

  mutating func member(_ name: String, _ numbers: ArraySlice<Float>) {
    self.name(name)
    array { writer in
      for number in numbers { writer.value(number) }
    }
  }

  private mutating func plain(_ text: String) {
    separate()
    bytes += text.utf8
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes += "\\n".utf8
      case 0x0D: bytes += "\\r".utf8
      case 0x09: bytes += "\\t".utf8
      case 0..<0x20, 0x7F:
        bytes += "\\u00".utf8
        for digit in [byte >> 4, byte & 15] {
          bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
