import Recurrent

/// Names, literals and comments of C, made of text and numbers from outside.
enum CText {
  /// The identifier that stands for a name: letters, digits and single underscores of ASCII.
  ///
  /// What is nothing of that becomes an underscore; a name that is none then is "model", and one that
  /// begins with a digit gets that in front. Longer than 48 characters is none, since compilers tell
  /// names apart by their beginnings.
  static func identifier(_ name: String) -> String {
    let words = name.utf8.split { !isLetter($0) && !isDigit($0) }
    var bytes = Array(words.joined(separator: [UInt8(ascii: "_")]))
    if bytes.first.map(isDigit) ?? true {
      bytes = Array("model".utf8) + (bytes.isEmpty ? [] : [UInt8(ascii: "_")]) + bytes
    }
    bytes = Array(bytes.prefix(48))
    if bytes.last == UInt8(ascii: "_") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether text is an identifier as this type makes them.
  static func isIdentifier(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text == identifier(String(text))
  }

  /// Text as a literal: UTF-8, all but plain characters as octal numbers of three digits.
  static func string(_ text: String) -> String {
    var literal = "\""
    for byte in text.utf8 {
      // A question mark may be part of a trigraph.
      let isPlain = (0x20..<0x7F).contains(byte) && !#"\"?"#.utf8.contains(byte)
      if isPlain {
        literal.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 8)
        literal += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return literal + "\""
  }

  /// Text that ends no comment, begins none, and stays in its line.
  static func comment(_ text: String) -> String {
    let harmless = Set(" _.,:;+-=()[]<>'%".utf8)
    let bytes = text.utf8.map { byte in
      isLetter(byte) || isDigit(byte) || harmless.contains(byte) ? byte : UInt8(ascii: "_")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A finite number as a literal of just its bits, such as 0x1.8p1f.
  static func number(_ value: Float) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the literal of a finite number.
  static func append(_ value: Float, to bytes: inout [UInt8]) {
    require(value.isFinite, "C has no literal for \(value)")
    let bits = value.bitPattern
    if bits >> 31 == 1 { bytes.append(UInt8(ascii: "-")) }
    let exponent = Int(bits >> 23 & 0xFF)
    // 23 bits are 6 hexadecimal digits with one more.
    var fraction = (bits & 0x7F_FFFF) << 1
    bytes += exponent == 0 ? "0x0".utf8 : "0x1".utf8
    if fraction != 0 { bytes.append(UInt8(ascii: ".")) }
    while fraction != 0 {
      bytes.append(digits[Int(fraction >> 20)])
      fraction = fraction << 4 & 0xFF_FFFF
    }
    let power = bits << 1 == 0 ? 0 : max(exponent, 1) - 127
    bytes += "p\(power)f".utf8
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
