// libFuzzer: -max_len=2048

import Recurrent
@testable import RecurrentData

/// Reads the input as an array, or as an archive of arrays where it begins as one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzNumPy(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = bytes(start, count)
  if content.first == UInt8(ascii: "P") {
    let archive = accepted { () throws(FileError) in
      try NumPyArchive(content, path: "input")
    }
    for array in archive?.arrays.values ?? [:].values { check(array) }
  } else if let array = accepted({ () throws(FileError) in try NumPyArray(content, path: "input") })
  {
    check(array)
  }
  return 0
}

private func check(_ array: NumPyArray) {
  expect(array.shape.reduce(1, *) == array.count, "its count is not that of its shape")
  let floats = array.floats
  expect(floats.count == array.count, "lost elements")
  guard let integers = accepted({ () throws(FileError) in try array.integers() }) else { return }
  expect(zip(integers, floats).allSatisfy { Float($0) == $1 }, "has other whole numbers as floats")
}
