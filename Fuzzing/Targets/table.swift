// libFuzzer: -max_len=512

import Foundation
import Recurrent
@testable import RecurrentData

private let path = FileManager.default.temporaryDirectory.path + "/input.csv"

/// Reads the input as a table; written again, with every field in quotation marks, it is the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTable(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard let table = read(bytes(start, count), separator: nil) else { return 0 }
  for column in table.columns {
    expect(
      (column.numbers?.count ?? column.words?.count) == table.rowCount,
      "has columns of other lengths"
    )
  }
  let lines =
    [table.columns.map(\.name)]
    + (0..<table.rowCount).map { row in
      table.columns.map { field(of: $0, row) }
    }
  let text = lines.map { line in
    line.map(quoted).joined(separator: ",")
  }
  let again = read(Array(text.joined(separator: "\n").utf8), separator: ",")
  expect(again.map { isSame($0, table) } ?? false, "differs when it is written and read again")
  return 0
}

/// A field in quotation marks, those in it doubled, whatever accents follow them.
private func quoted(_ text: String) -> String {
  var result = "\"".unicodeScalars
  for scalar in text.unicodeScalars {
    result.append(scalar)
    if scalar == "\"" { result.append(scalar) }
  }
  result.append("\"")
  return String(result)
}

private func read(_ content: [UInt8], separator: Character?) -> Table? {
  expect(
    FileManager.default.createFile(atPath: path, contents: Data(content)),
    "cannot be written"
  )
  let file = TableFile(path, separator: separator, hasHeader: separator == nil ? nil : true)
  return accepted(file: path) { () throws(FileError) in try file.read() }
}

private func field(of column: Table.Column, _ row: Int) -> String {
  switch column.values {
  case .numbers(let numbers): numbers[row].isNaN ? "" : "\(numbers[row])"
  case .words(let places, let all): places[row] < 0 ? "" : all[Int(places[row])]
  }
}

private func isSame(_ table: Table, _ other: Table) -> Bool {
  zip(table.columns, other.columns).allSatisfy { a, b in
    guard let x = a.numbers, let y = b.numbers else { return a == b }
    return a.name == b.name && x.elementsEqual(y) { $0 == $1 || $0.isNaN && $1.isNaN }
  } && table.columns.count == other.columns.count
}
