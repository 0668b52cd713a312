// libFuzzer: -max_len=8192

import Recurrent
@testable import RecurrentFormats

/// Reads the input as an HDF5 file, every array of it, and as a model of Keras.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHDF5(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = bytes(start, count)
  guard let file = accepted({ () throws(FileError) in try HDF5File(content, path: "input") }) else {
    return 0
  }
  for dataset in file.datasets.values {
    guard let floats = accepted({ () throws(FileError) in try dataset.floats() }) else { continue }
    expect(floats.count == dataset.shape.reduce(1, *), "its count is not that of its shape")
  }
  _ = accepted { () throws(FileError) in try file.rootText(named: "model_config") }
  let model = accepted { () throws(FileError) in try ImportedModel(content, path: "input").model }
  if let model { expect(!model.layers.isEmpty, "is a model without layers") }
  return 0
}
