// libFuzzer: -max_len=4096

import Foundation
import Recurrent
@testable import RecurrentFormats

/// Reads the input as a model of another program: arrays by their names, or a Keras configuration where
/// it begins as one that is not a header.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzImportedModel(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = bytes(start, count)
  if input.first == UInt8(ascii: "#") {
    _ = accepted { () throws(FileError) in
      try KerasConfiguration(input.dropFirst(), path: "input").plan(isStored: true)
    }
    return 0
  }
  let read = accepted { () throws(FileError) in
    try ImportedModel(withLength(input), path: "input")
  }
  guard let read else { return 0 }
  expect(!read.summary.contains(where: \.isNewline), "is summed up in more than one line")
  let written = read.model.safetensors.bytes
  let again = accepted { () throws(FileError) in try ImportedModel(written, path: "input") }
  expect(again?.model.safetensors.bytes == written, "is another model when it is written again")
  return 0
}
