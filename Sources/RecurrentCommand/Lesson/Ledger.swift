import Recurrent

/// A calculation written down line by line, so that it can be done again by hand.
///
/// Each entry is a name, the formula in names, the formula in numbers, and what it comes to. The value
/// is computed from the very formula that is written.
struct Ledger {
  /// The most characters of a line.
  static let width = 76

  private var quantities: [String: Quantity] = [:]
  private var lines: [String] = []

  /// The number of that name.
  ///
  /// - Precondition: It was given or entered.
  subscript(name: String) -> Quantity {
    guard let quantity = quantities[name] else {
      requirementFailed("the ledger has no \(name)", file: #fileID, line: #line)
    }
    return quantity
  }

  /// The number of that name in a formula.
  func term(_ name: String) -> Formula { .quantity(self[name]) }

  /// Takes note of a number that the calculation begins with; nothing is written.
  mutating func give(_ name: String, _ value: Double) {
    quantities[name] = Quantity(name: name, value: value, isGiven: true)
  }

  /// Writes a heading.
  mutating func head(_ text: String) {
    if !lines.isEmpty { lines.append("") }
    lines.append(text)
  }

  /// Computes a number by a formula, and writes both down.
  mutating func enter(_ name: String, _ formula: Formula) {
    let quantity = Quantity(name: name, value: formula.value)
    quantities[name] = quantity
    let (names, numbers) = (formula.text(.names), formula.text(.numbers))
    let start = "  \(name) = "
    // A number that is another under a new name needs no sum to be shown.
    let parts = numbers == quantity.text ? [names, numbers] : [names, numbers, quantity.text]
    let short = start + parts.joined(separator: " = ")
    if short.count <= Self.width {
      lines.append(short)
      return
    }
    let indent = String(repeating: " ", count: start.count - 2)
    lines += Self.wrapped(start + names, indent: indent + "    ")
    lines += Self.wrapped(indent + "= \(numbers)", indent: indent + "    ")
    if let last = lines.last, last.count + quantity.text.count + 3 <= Self.width {
      lines[lines.count - 1] = last + " = \(quantity.text)"
    } else {
      lines.append(indent + "= \(quantity.text)")
    }
  }

  /// Breaks a line before a plus where it would be too long.
  private static func wrapped(_ line: String, indent: String) -> [String] {
    var result: [String] = []
    var current = ""
    for (index, part) in line.split(separator: " + ").enumerated() {
      let next = index == 0 ? String(part) : "\(current) + \(part)"
      if index > 0 && next.count > width {
        result.append(current)
        current = "\(indent)+ \(part)"
      } else {
        current = next
      }
    }
    return result + [current]
  }

  /// What was written since this was last asked.
  mutating func takeLines() -> [String] {
    defer { lines = [] }
    return lines
  }
}
