import Recurrent

/// The rows of a file of comma-separated values, or of values separated otherwise.
///
/// A field may be in quotation marks, and then hold the separator, line feeds, and quotation marks
/// written twice.
///
/// Source: Y. Shafranovich, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", RFC
/// 4180, 2005.
final class RecordReader {
  /// The bytes of the row read last; quotation marks are resolved.
  private(set) var bytes: [UInt8] = []
  /// Where its fields are in `bytes`.
  private(set) var fields: [Range<Int>] = []
  /// The number of the line it began in.
  private(set) var lineNumber = 0

  private let lines: LineReader
  private var line: [UInt8] = []
  /// What separates fields; found out from the first row where it was not said.
  private(set) var separator: UInt8?

  private static let quote = UInt8(ascii: "\"")

  /// Opens the file at `path`.
  init(_ path: String, separator: UInt8? = nil) throws(FileError) {
    lines = try LineReader(path)
    self.separator = separator
  }

  /// The number of bytes in the file.
  var fileSize: Int { lines.fileSize }

  /// Reads the next row that is not empty; returns false where there is none.
  func next() throws(FileError) -> Bool {
    repeat {
      guard try lines.read(into: &line) else { return false }
    } while line.isEmpty
    lineNumber = lines.number
    if separator == nil { separator = Self.separator(of: line) }
    fields.removeAll(keepingCapacity: true)
    if line.contains(Self.quote) {
      try splitQuoted()
    } else {
      swap(&bytes, &line)
      split()
    }
    return true
  }

  /// Returns the error for what is wrong in a field of the row read last.
  func problem(_ text: String, field: Int? = nil, advice: String? = nil) -> FileError {
    let place = field.map { ", field \($0 + 1)" } ?? ""
    return FileError("line \(lineNumber)\(place): \(text)", file: lines.path, advice: advice)
  }

  private func split() {
    let separator = separator ?? UInt8(ascii: ",")
    var start = 0
    // The hot loop of reading a table: `bytes[0..<bytes.count]` is all that is looked at.
    bytes.withUnsafeBufferPointer { bytes in
      for position in 0..<bytes.count where bytes[position] == separator {
        fields.append(start..<position)
        start = position + 1
      }
    }
    fields.append(start..<bytes.count)
  }

  private func splitQuoted() throws(FileError) {
    let separator = separator ?? UInt8(ascii: ",")
    bytes.removeAll(keepingCapacity: true)
    var position = 0
    while true {
      let start = bytes.count
      if position < line.count, line[position] == Self.quote {
        position = try takeQuoted(from: position + 1)
        guard position == line.count || line[position] == separator else {
          throw problem(
            "has text after the quotation mark that ends it",
            field: fields.count,
            advice: "a quotation mark inside quotation marks is written twice"
          )
        }
      } else {
        while position < line.count, line[position] != separator {
          bytes.append(line[position])
          position += 1
        }
      }
      fields.append(start..<bytes.count)
      if position == line.count { return }
      position += 1
    }
  }

  /// Takes a quoted field, over as many lines as it has; returns the place after its end.
  private func takeQuoted(from start: Int) throws(FileError) -> Int {
    var position = start
    while true {
      while position == line.count {
        let hadReturn = lines.hadReturn
        guard try lines.read(into: &line) else {
          throw problem("begins with a quotation mark that is not closed", field: fields.count)
        }
        bytes += hadReturn ? [0x0D, 0x0A] : [0x0A]
        position = 0
      }
      if line[position] == Self.quote {
        guard position + 1 < line.count, line[position + 1] == Self.quote else {
          return position + 1
        }
        position += 1
      }
      bytes.append(line[position])
      position += 1
    }
  }

  /// The separator there is most of in a line, outside of quotation marks.
  private static func separator(of line: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in line {
      if byte == quote { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let candidates = [",", "\t", ";", "|"].map { UInt8(ascii: $0) }
    let most = candidates.map { counts[$0] ?? 0 }.max() ?? 0
    return candidates.first { most > 0 && counts[$0] == most } ?? UInt8(ascii: ",")
  }
}
