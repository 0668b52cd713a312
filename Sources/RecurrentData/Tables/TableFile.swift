public import Recurrent

/// A file of rows whose fields are separated by commas, tabs, semicolons or bars.
///
/// The file is read piece by piece and takes little more memory than the table that comes of it. A
/// column is one of numbers if every field is a number or missing: empty, `NA`, `NaN`, `null`, `None`
/// or `?`. Rows without anything are passed over.
public struct TableFile: Sendable {
  /// The file's path.
  public var path: String
  /// What separates fields; nil for what there is most of in the first row.
  public var separator: Character?
  /// Whether the first row has the columns' names; nil for whether none of its fields is a number.
  public var hasHeader: Bool?

  /// Names a file.
  ///
  /// - Precondition: A separator is an ASCII character.
  public init(_ path: String, separator: Character? = nil, hasHeader: Bool? = nil) {
    require(
      separator?.isASCII ?? true,
      "a table's separator is one byte, got '\(separator ?? ",")'"
    )
    self.path = path
    self.separator = separator
    self.hasHeader = hasHeader
  }

  /// Reads the table.
  ///
  /// - Throws: `FileError` when the file cannot be read, or its rows do not fit; it names the line.
  /// - Complexity: Proportional to the file's size. Where a column has words after its first thousand
  ///   rows only, the file is read twice.
  public func read() throws(FileError) -> Table { try read(first: .max) }

  /// Reads the table's first rows.
  ///
  /// - Throws: `FileError` when the file cannot be read, or these rows do not fit; it names the line.
  public func read(first rows: Int) throws(FileError) -> Table {
    var wordColumns: Set<Int> = []
    while true {
      let pass = TablePass(wordColumns, limit: rows)
      let found = try pass.read(self)
      if found.isEmpty { return pass.table }
      wordColumns.formUnion(found)
    }
  }
}

/// One way through a file, or its first rows, with some columns known to be of words.
final class TablePass {
  /// After so many rows it is looked at what was found out about them.
  private static let firstRows = 1000

  private let wordColumns: Set<Int>
  /// Columns in which there was a word where a number was expected.
  private var found: Set<Int> = []
  private var names: [String] = []
  private var numbers: [[Float]] = []
  private var words: [WordColumn?] = []

  /// No more rows are read.
  private let limit: Int

  init(_ wordColumns: Set<Int>, limit: Int) {
    self.wordColumns = wordColumns
    self.limit = limit
  }

  var table: Table {
    Table(
      columns: names.indices.map { index in
        Table.Column(
          name: names[index],
          values: words[index].map { .words($0.places, all: $0.all) } ?? .numbers(numbers[index])
        )
      }
    )
  }

  /// Reads the file; returns the columns that have to be of words after all.
  func read(_ file: TableFile) throws(FileError) -> Set<Int> {
    let records = try RecordReader(file.path, separator: file.separator?.asciiValue)
    guard try records.next() else { throw FileError("is empty", file: file.path) }
    guard records.fields.count <= 65_536 else {
      throw records.problem("has \(records.fields.count) fields; at most 65536 are read")
    }
    let isHeader = file.hasHeader ?? Self.looksLikeHeader(records)
    let firstLine = records.lineNumber
    names = try isHeader ? Self.names(records) : records.fields.indices.map { "column \($0 + 1)" }
    numbers = names.map { _ in [] }
    words = names.indices.map { wordColumns.contains($0) ? WordColumn() : nil }
    var rows = 0
    var bytes = 0
    var isRow = !isHeader
    // Taken out of the object while they grow: each change there would be checked for another one.
    var numbers = self.numbers
    self.numbers = []
    defer { self.numbers = numbers }
    while true {
      if isRow {
        guard records.fields.count == names.count else {
          throw records.problem(
            "has \(records.fields.count) field\(records.fields.count == 1 ? "" : "s"), and line "
              + "\(firstLine) has \(names.count)"
          )
        }
        try take(records, into: &numbers)
        rows += 1
        if rows == limit { return found }
        bytes += records.bytes.count + 1
        if rows == Self.firstRows {
          if !found.isEmpty { return found }
          // Room for about all rows, so that columns do not grow, and double, on the way.
          let count = Int(Double(records.fileSize) / Double(bytes) * 1.01 * Double(rows))
          for index in numbers.indices where words[index] == nil {
            numbers[index].reserveCapacity(count)
          }
        }
      }
      guard try records.next() else { break }
      isRow = true
    }
    guard rows > 0 else {
      throw FileError("has the names of columns and no rows", file: file.path)
    }
    return found
  }

  /// Takes a row.
  private func take(_ records: RecordReader, into numbers: inout [[Float]]) throws(FileError) {
    let (bytes, fields) = (records.bytes, records.fields)
    for index in fields.indices {
      if !wordColumns.isEmpty, wordColumns.contains(index) {
        guard words[index]?.take(bytes[fields[index]]) == true else {
          throw records.problem("is not UTF-8 text", field: index)
        }
        continue
      }
      // `fields[index]` lies in `bytes`.
      let number = bytes.withUnsafeBufferPointer { bytes in
        DecimalNumber.float(UnsafeBufferPointer(rebasing: bytes[fields[index]]))
      }
      if let number {
        guard number.isFinite else {
          throw records.problem("is too large for a number of 32 bits", field: index)
        }
        numbers[index].append(number)
      } else if Self.isMissing(bytes[fields[index]]) {
        numbers[index].append(.nan)
      } else if found.insert(index).inserted {
        numbers[index] = []
      }
    }
  }

  static func looksLikeHeader(_ records: RecordReader) -> Bool {
    let fields = records.fields.map { records.bytes[$0] }
    return fields.contains { !$0.isEmpty } && fields.allSatisfy { DecimalNumber.float($0) == nil }
  }

  static func names(_ records: RecordReader) throws(FileError) -> [String] {
    var names: [String] = []
    var known: Set<String> = []
    for (index, field) in records.fields.enumerated() {
      guard let text = String(validating: records.bytes[field], as: UTF8.self) else {
        throw records.problem("is not UTF-8 text", field: index)
      }
      let name = text.isEmpty ? "column \(index + 1)" : text
      guard known.insert(name).inserted else {
        throw records.problem(
          "names a column '\(name.prefix(40))' for the second time",
          field: index
        )
      }
      names.append(name)
    }
    return names
  }

  private static let missingWords = ["na", "nan", "null", "none", "?"].map { Array($0.utf8) }

  static func isMissing(_ bytes: ArraySlice<UInt8>) -> Bool {
    let word = bytes.filter { $0 != 0x20 && $0 != 0x09 }
    if word.isEmpty { return true }
    guard word.count <= 4 else { return false }
    let lower = word.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    return missingWords.contains(lower)
  }
}

/// The words of a column, each kept once.
private struct WordColumn {
  private(set) var places: [Int32] = []
  private(set) var all: [String] = []
  private var known: [String: Int32] = [:]

  /// Takes the next row's word; returns false if it is no text.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> Bool {
    if TablePass.isMissing(bytes) {
      places.append(-1)
      return true
    }
    guard let word = String(validating: bytes, as: UTF8.self) else { return false }
    let place = known[word] ?? Int32(all.count)
    if place == all.count {
      known[word] = place
      all.append(word)
    }
    places.append(place)
    return true
  }
}
