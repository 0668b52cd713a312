// libFuzzer: -max_len=8192

import Recurrent
@testable import RecurrentFormats

/// Reads the input as an ONNX file, writes it again, runs it, and looks for the layers in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzONNX(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = bytes(start, count)
  guard
    let file = accepted({ () throws(FileError) in try ONNXModel(bytes: content, path: "input") })
  else { return 0 }
  let written = file.bytes
  let again = accepted { () throws(FileError) in try ONNXModel(bytes: written, path: "input") }
  expect(again?.bytes == written, "is another file when it is written and read again")
  let limit = 1 << 18
  _ = try? ONNXEvaluation.run(file, [:], limit: limit)
  let read = accepted { () throws(FileError) in
    try ONNXImport(file, path: "input", limit: limit)
  }
  guard let model = read?.model else { return 0 }
  // What was read can be written, and is the same model then.
  guard
    let export = try? ONNXExport(model),
    let own = try? export.file(.sequence)
  else { return 0 }
  let reread = accepted { () throws(FileError) in
    try ONNXImport(own, path: "input", limit: 1 << 24)
  }
  if let reread {
    expect(
      reread.model?.safetensors.bytes == model.safetensors.bytes,
      "is another model when it is written and read again"
    )
  }
  return 0
}
