import Recurrent

/// What a `.npy` file says of its elements: a Python dictionary of three entries.
struct NumPyHeader {
  private(set) var shape: [Int] = []
  private(set) var kind = NumPyArray.Kind.real
  private(set) var width = 4
  private(set) var isBigEndian = false
  private(set) var isColumnMajor = false
  /// Where the elements begin.
  let end: Int
  /// How many bytes the elements take.
  private(set) var byteCount = 0

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header of a file's content; all numbers in it are checked.
  init(_ content: [UInt8], path: String) throws(FileError) {
    func failure(_ text: String) -> FileError { FileError(text, file: path) }
    guard content.starts(with: Self.magic), content.count >= 10 else {
      throw failure("is no .npy file: it does not begin as one")
    }
    let isLong = content[6] >= 2
    guard (1...3).contains(content[6]), content.count >= (isLong ? 12 : 10) else {
      throw failure("is a .npy file of version \(content[6]), which is not read")
    }
    let start = isLong ? 12 : 10
    let length = (8..<start).reduce(0) { $0 | Int(content[$1]) << (8 * ($1 - 8)) }
    guard length <= content.count - start, length <= 65_536 else {
      throw failure("claims a header of \(length) bytes, and has \(content.count - start)")
    }
    end = start + length
    guard let text = String(validating: content[start..<end], as: UTF8.self) else {
      throw failure("has a header that is no text")
    }
    var entries = PythonDictionary(text)
    guard let values = entries.read(), Set(values.keys) == ["descr", "fortran_order", "shape"]
    else {
      throw failure("has a header that is not the dictionary of a .npy file")
    }
    try readType(values["descr"], failure)
    guard case .word(let order)? = values["fortran_order"], ["True", "False"].contains(order),
      case .numbers(let extents)? = values["shape"], extents.count <= 32
    else { throw failure("has a header that is not the dictionary of a .npy file") }
    isColumnMajor = order == "True"
    shape = extents
    // An extent of 0 excuses none of the others.
    var count = width
    for extent in extents where extent > 0 {
      let product = count.multipliedReportingOverflow(by: extent)
      guard !product.overflow else { throw failure("has an impossible shape") }
      count = product.partialValue
    }
    byteCount = extents.contains(0) ? 0 : count
  }

  private mutating func readType(
    _ value: PythonDictionary.Value?,
    _ failure: (String) -> FileError
  ) throws(FileError) {
    guard case .text(let type)? = value else {
      throw failure("holds records of several kinds, not numbers")
    }
    let letters = Array(type)
    guard letters.count >= 3, let kind = NumPyArray.Kind(rawValue: letters[1]),
      let width = Int(String(letters[2...])), "<>|=".contains(letters[0])
    else {
      let advice = letters.contains("O") ? " (Python objects are not read)" : ""
      throw failure("holds elements of the type '\(type.prefix(20))', not numbers\(advice)")
    }
    let widths: [NumPyArray.Kind: [Int]] = [
      .boolean: [1], .integer: [1, 2, 4, 8], .unsigned: [1, 2, 4, 8], .real: [4, 8],
    ]
    guard widths[kind]?.contains(width) == true else {
      throw failure("holds elements of the type '\(type.prefix(20))', which is not read")
    }
    (self.kind, self.width) = (kind, width)
    isBigEndian = letters[0] == ">"
  }
}

/// A Python dictionary of plain values, as text.
struct PythonDictionary {
  /// A value.
  enum Value: Equatable {
    /// Text in quotation marks.
    case text(String)
    /// A word, such as True.
    case word(String)
    /// A tuple of whole numbers from 0 up.
    case numbers([Int])
    /// A list, whatever is in it.
    case list
  }

  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  /// Reads the dictionary; nil if the text is none, or a name comes twice.
  mutating func read() -> [String: Value]? {
    var entries: [String: Value] = [:]
    guard take("{") else { return nil }
    while !take("}") {
      guard let name = readText(), take(":"), let value = readValue(), entries[name] == nil else {
        return nil
      }
      entries[name] = value
      if take(",") { continue }
      guard take("}") else { return nil }
      break
    }
    skipSpace()
    return rest.isEmpty ? entries : nil
  }

  private mutating func readValue() -> Value? {
    if let text = readText() { return .text(text) }
    if take("(") {
      var numbers: [Int] = []
      while !take(")") {
        skipSpace()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        numbers.append(number)
        if take(",") { continue }
        guard take(")") else { return nil }
        break
      }
      return .numbers(numbers)
    }
    if rest.first == "[" { return takeList() ? .list : nil }
    let word = rest.prefix { $0.isASCII && $0.isLetter }
    rest = rest.dropFirst(word.count)
    return word.isEmpty ? nil : .word(String(word))
  }

  /// Goes past a list; returns false if it has no end.
  private mutating func takeList() -> Bool {
    var depth = 0
    while let character = rest.popFirst() {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if depth == 0 { return true }
    }
    return false
  }

  private mutating func readText() -> String? {
    skipSpace()
    guard let mark = rest.first, mark == "'" || mark == "\"" else { return nil }
    let text = rest.dropFirst().prefix { $0 != mark && $0 != "\\" && !$0.isNewline }
    let end = rest.dropFirst(1 + text.count)
    guard end.first == mark else { return nil }
    rest = end.dropFirst()
    return String(text)
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard rest.first == character else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }
}
