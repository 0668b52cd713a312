/// A walk over JSON text, value by value, by a caller that knows what must come next.
///
/// Foundation's decoder silently keeps one of two equal names; here they are refused, as are names
/// that differ in their escapes only. Values nobody asked for are skipped, in nests that are not too
/// deep, so that no text overflows the stack.
///
/// Source: RFC 8259, "The JavaScript Object Notation (JSON) Data Interchange Format".
struct JSONScanner {
  /// Deeper nests of values to be skipped are refused.
  private static let depthLimit = 32

  private let bytes: [UInt8]
  private let end: Int
  private let file: String
  private var position: Int

  /// Creates a walk over `bytes[range]`, all of which lies in `bytes`; `file` is named in errors.
  init(_ bytes: [UInt8], in range: Range<Int>, file: String) {
    self.bytes = bytes
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  /// Reads an object; `readValue` gets each name and where it stands, and reads its value.
  mutating func readObject(
    _ readValue: (inout JSONScanner, String, Int) throws(FileError) -> Void
  ) throws(FileError) {
    try expect("{")
    if take("}") { return }
    var names: Set<String> = []
    repeat {
      skipSpace()
      let place = position
      let name = try readText()
      guard names.insert(name).inserted else {
        throw FileError(
          "has '\(Self.shortened(name))' twice in its header",
          file: file,
          byteOffset: place
        )
      }
      try expect(":")
      try readValue(&self, name, place)
    } while take(",")
    try expect("}")
  }

  /// Reads a list; `readElement` reads one of its values.
  mutating func readList(
    _ readElement: (inout JSONScanner) throws(FileError) -> Void
  ) throws(FileError) {
    try expect("[")
    if take("]") { return }
    repeat { try readElement(&self) } while take(",")
    try expect("]")
  }

  /// Reads a list of whole numbers.
  mutating func readWholeNumbers() throws(FileError) -> [Int] {
    var numbers: [Int] = []
    try readList { scanner throws(FileError) in numbers.append(try scanner.readWholeNumber()) }
    return numbers
  }

  /// Reads a whole number, written without a fraction or an exponent.
  private mutating func readWholeNumber() throws(FileError) -> Int {
    skipSpace()
    let start = position
    let isWhole = takeNumber()
    guard isWhole, let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw wrong("a whole number", at: start)
    }
    return number
  }

  /// Reads past a value of any kind.
  mutating func skipValue() throws(FileError) { try skipValue(depth: 0) }

  /// Checks that nothing but white space is left.
  mutating func expectEnd() throws(FileError) {
    skipSpace()
    guard position == end else { throw wrong("the header's end", at: position) }
  }

  private mutating func skipValue(depth: Int) throws(FileError) {
    guard depth < Self.depthLimit else { throw wrong("a nest less deep", at: position) }
    skipSpace()
    let start = position
    switch byte(at: position) {
    case UInt8(ascii: "{"):
      try readObject { scanner, _, _ throws(FileError) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try readList { scanner throws(FileError) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try readText()
    default:
      for word in ["true", "false", "null"] where bytes[start..<end].starts(with: word.utf8) {
        position += word.utf8.count
        return
      }
      _ = takeNumber()
      guard position > start else { throw wrong("a value", at: start) }
    }
  }

  /// Goes past a number, and stays where there is none; returns whether it is a whole one.
  private mutating func takeNumber() -> Bool {
    let start = position
    if byte(at: position) == UInt8(ascii: "-") { position += 1 }
    let first = position
    takeDigits()
    guard position > first, position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      position = start
      return false
    }
    let whole = position
    if byte(at: position) == UInt8(ascii: ".") {
      position += 1
      let fraction = position
      takeDigits()
      guard position > fraction else {
        position = start
        return false
      }
    }
    if let letter = byte(at: position), letter | 0x20 == UInt8(ascii: "e") {
      position += 1
      if let sign = byte(at: position), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        position += 1
      }
      let exponent = position
      takeDigits()
      guard position > exponent else {
        position = start
        return false
      }
    }
    return position == whole
  }

  private mutating func takeDigits() {
    while let digit = byte(at: position), UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit {
      position += 1
    }
  }
}

// MARK: - Text

extension JSONScanner {
  /// Reads a string, with its escapes resolved.
  mutating func readText() throws(FileError) -> String {
    skipSpace()
    let start = position
    guard take("\"") else { throw wrong("text", at: start) }
    var text: [UInt8] = []
    var rest = position
    while let byte = byte(at: position), byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else {
        throw wrong("an escape instead of a control character", at: position)
      }
      if byte == UInt8(ascii: "\\") {
        text += bytes[rest..<position]
        let escape = position
        guard let scalar = takeEscape() else { throw wrong("another escape", at: escape) }
        text += Array(String(scalar).utf8)
        rest = position
      } else {
        position += 1
      }
    }
    text += bytes[rest..<position]
    guard take("\"") else { throw wrong("the end of a text", at: position) }
    guard let valid = String(validating: text, as: UTF8.self) else {
      throw wrong("text in UTF-8", at: start)
    }
    return valid
  }

  /// Goes past a backslash and what it escapes; nil if that is nothing known.
  private mutating func takeEscape() -> Unicode.Scalar? {
    let letter = byte(at: position + 1)
    position += 2
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let first = takeUnit() else { return nil }
      guard first & 0xFC00 == 0xD800 else { return Unicode.Scalar(first) }
      // The other half of a character beyond 16 bits must follow.
      guard byte(at: position) == UInt8(ascii: "\\"), byte(at: position + 1) == UInt8(ascii: "u")
      else { return nil }
      position += 2
      guard let second = takeUnit(), second & 0xFC00 == 0xDC00 else { return nil }
      return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
    default: return nil
    }
  }

  /// Goes past four hexadecimal digits; nil if there are none.
  private mutating func takeUnit() -> UInt32? {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = byte(at: position).flatMap({ Character(Unicode.Scalar($0)).hexDigitValue })
      else { return nil }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  /// The beginning of a text from the file, for an error that stays readable.
  static func shortened(_ text: String) -> String {
    let start = text.unicodeScalars.prefix(100)
    return start.endIndex == text.unicodeScalars.endIndex ? text : String(start) + "..."
  }
}

// MARK: - Single characters

extension JSONScanner {
  private func byte(at position: Int) -> UInt8? { position < end ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = byte(at: position), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard byte(at: position) == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(FileError) {
    guard take(character) else { throw wrong("'\(character)'", at: position) }
  }

  private func wrong(_ wanted: String, at place: Int) -> FileError {
    FileError(
      "has a header that is not the JSON of a safetensors file: \(wanted) is wanted here",
      file: file,
      byteOffset: place
    )
  }
}
