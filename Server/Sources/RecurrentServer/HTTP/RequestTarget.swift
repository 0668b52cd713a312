/// The path and the query of a request, taken apart before anything in them is decoded.
struct RequestTarget: Sendable {
  /// The parts of the path between slashes, as they came.
  let parts: [Substring]
  private let query: Substring

  /// Takes a target apart; nil if it is no path.
  init?(_ text: String) {
    guard text.hasPrefix("/") else { return nil }
    let end = text.firstIndex(of: "?") ?? text.endIndex
    parts = text[text.index(after: text.startIndex)..<end]
      .split(separator: "/", omittingEmptySubsequences: false)
    query = end == text.endIndex ? "" : text[text.index(after: end)...]
  }

  /// A whole number of the query; nil where it is not there.
  ///
  /// - Throws: `Problem` where it is no number in `range`, 413 where it is a greater one.
  func number(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    for pair in query.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides[0] == name else { continue }
      let value = sides.count == 2 ? sides[1] : ""
      let isNumber = !value.isEmpty && value.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      guard isNumber, Int(value).map({ $0 >= range.lowerBound }) ?? true else {
        throw .malformed(
          "\(name) is '\(value.prefix(32))'; give a whole number from \(range.lowerBound) up"
        )
      }
      guard let number = Int(value), range ~= number else {
        throw .tooLarge("\(name) is \(value.prefix(32)); at most \(range.upperBound) are allowed")
      }
      return number
    }
    return nil
  }

  /// A part of a path with what is percent-encoded decoded; nil where it is no text.
  static func decoded(_ part: Substring) -> String? {
    guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
    var bytes: [UInt8] = []
    var rest = part.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexadecimal),
        let low = rest.popFirst().flatMap(hexadecimal)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
