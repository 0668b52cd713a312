// libFuzzer: -max_len=2048

import Foundation
import Recurrent
@testable import RecurrentData

private let path = FileManager.default.temporaryDirectory.path + "/input.ts"

/// Reads the input as a file of time series, and each of its fields as a number.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTimeSeries(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = bytes(start, count)
  for field in content.split(whereSeparator: { ",:\n".utf8.contains($0) }) { compare(field) }
  expect(
    FileManager.default.createFile(atPath: path, contents: Data(content)),
    "cannot be written"
  )
  guard
    let read = accepted(file: path, { () throws(FileError) in try TimeSeriesFile.read(path) })
  else { return 0 }
  let dataset = read.dataset()
  expect(dataset.count == read.series.count, "lost series")
  expect(dataset.steps == read.longest && dataset.features == read.variables, "has another shape")
  expect(
    dataset.values(ofExample: 0).prefix(read.series[0].values.count).elementsEqual(
      read.series[0].values,
      by: { $0.bitPattern == $1.bitPattern }
    ),
    "has other numbers"
  )
  return 0
}

/// What is read as a number is the number that Swift reads.
private func compare(_ field: ArraySlice<UInt8>) {
  guard let number = DecimalNumber.float(field) else { return }
  let text = String(decoding: field, as: UTF8.self).trimmingCharacters(in: .whitespaces)
  expect(Float(text)?.bitPattern == number.bitPattern, "'\(text)' is read as \(number)")
}
