import Recurrent

/// The rows of a table that belong together, in order of time.
struct RowGroups {
  /// What each series is called; empty for a table that is one series.
  private(set) var names: [String] = []
  /// The rows of each series.
  private(set) var rows: [[Int]] = []
  /// What is worth telling, a line each.
  private(set) var remarks: [String] = []

  /// Puts the rows together by a column, and in the order of another.
  ///
  /// Times that are no numbers are ordered if they are dates and times as ISO 8601 writes them, whose
  /// order is that of their characters; others are taken as they come.
  init(_ table: Table, group: String?, time: String?, path: String) throws(FileError) {
    if let group {
      guard let column = table[group] else {
        throw TablePreparation.missingColumn(group, in: table, path: path)
      }
      try take(column, path: path)
    } else {
      names = [""]
      rows = [Array(0..<table.rowCount)]
    }
    if let time {
      guard let column = table[time] else {
        throw TablePreparation.missingColumn(time, in: table, path: path)
      }
      try order(by: column, path: path)
    }
  }

  /// From here on a number of 32 bits may stand for several whole numbers.
  private static let largestExact: Float = 16_777_216

  private mutating func take(_ column: Table.Column, path: String) throws(FileError) {
    if let numbers = column.numbers,
      let row = numbers.firstIndex(where: { abs($0) >= Self.largestExact })
    {
      throw FileError(
        "row \(row + 1) has a number in column '\(column.name)' that is too large to tell series apart",
        file: path,
        advice: "put a letter before it"
      )
    }
    var places: [String: Int] = [:]
    for row in 0..<column.rowCount {
      guard let name = column.text(at: row) else {
        throw FileError(
          "row \(row + 1) has nothing in column '\(column.name)', which tells series apart",
          file: path
        )
      }
      let place = places[name] ?? names.count
      if place == names.count {
        places[name] = place
        names.append(name)
        rows.append([])
      }
      rows[place].append(row)
    }
  }

  private mutating func order(by column: Table.Column, path: String) throws(FileError) {
    var areSorted = true
    switch column.values {
    case .numbers(let times):
      for series in rows.indices {
        if let row = rows[series].first(where: { times[$0].isNaN }) {
          throw FileError("row \(row + 1) has no time in column '\(column.name)'", file: path)
        }
        areSorted = areSorted && rows[series].isSorted { times[$0] <= times[$1] }
      }
      if areSorted { return }
      if times.contains(where: { abs($0) >= Self.largestExact }) {
        throw FileError(
          "the rows are not in order of column '\(column.name)', whose numbers are too large to sort by",
          file: path,
          advice: "sort the file"
        )
      }
      for series in rows.indices { rows[series].sort { (times[$0], $0) < (times[$1], $1) } }
    case .words(let places, let all):
      if let row = places.firstIndex(where: { $0 < 0 }) {
        throw FileError("row \(row + 1) has no time in column '\(column.name)'", file: path)
      }
      guard all.allSatisfy(Self.isISODate) else {
        remarks.append(
          "The times of '\(column.name)' are no dates like 2026-01-31: rows are taken as they come"
        )
        return
      }
      for series in rows.indices {
        let times = { (row: Int) in all[Int(places[row])] }
        if rows[series].isSorted(by: { times($0) <= times($1) }) { continue }
        areSorted = false
        rows[series].sort { (times($0), $0) < (times($1), $1) }
      }
    }
    if !areSorted { remarks.append("Rows were put in the order of '\(column.name)'") }
  }

  /// Whether a word begins like 2026-01, and has nothing but what dates and times have.
  static func isISODate(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    guard bytes.count >= 4, bytes.prefix(4).allSatisfy(isDigit) else { return false }
    let others = "-:.TZ+ /".utf8
    return bytes.allSatisfy { isDigit($0) || others.contains($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }
}

extension [Int] {
  /// Whether each is in order with the next.
  fileprivate func isSorted(by areInOrder: (Int, Int) -> Bool) -> Bool {
    zip(self, dropFirst()).allSatisfy { areInOrder($0, $1) }
  }
}

extension Table.Column {
  /// The number of rows.
  var rowCount: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .words(let places, _): places.count
    }
  }

  /// What is in a row as text; nil where it is missing.
  func text(at row: Int) -> String? {
    switch values {
    case .numbers(let numbers): numbers[row].isNaN ? nil : Self.className(numbers[row])
    case .words(let places, let all): places[row] < 0 ? nil : all[Int(places[row])]
    }
  }
}
