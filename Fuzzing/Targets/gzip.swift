// libFuzzer: -max_len=1024

import Recurrent
@testable import RecurrentData

/// Inflates the input as gzip where it begins so, else as zlib, and what is compressed of it here.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGzip(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = bytes(start, count)
  let wrapping: InflateStream.Wrapping = FileContent.isGzip(content) ? .gzip : .zlib
  let whole = accepted { () throws(FileError) in try inflated(content, wrapping, by: 16_384) }
  let pieces = accepted { () throws(FileError) in try inflated(content, wrapping, by: 977) }
  expect(whole == pieces, "comes out differently piece by piece")
  if let whole {
    expect(whole.count <= content.count * InflateStream.greatestExpansion, "grew beyond the bound")
    if wrapping == .gzip { readAsFile(content, whole) }
  }
  if count < 64 {
    let deflated = PNGEncoder.deflated(content)
    expect((try? inflated(deflated, .zlib, by: 100)) == content, "does not come back")
  }
  return 0
}

private func inflated(
  _ content: [UInt8],
  _ wrapping: InflateStream.Wrapping,
  by size: Int
) throws(FileError) -> [UInt8] {
  let stream = try InflateStream(content, wrapping: wrapping, file: "input")
  var result: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: size)
  while true {
    let count = try stream.read(into: &piece)
    result += piece[..<count]
    if count < size { return result }
  }
}

private func readAsFile(_ content: [UInt8], _ whole: [UInt8]) {
  let got = accepted { () throws(FileError) in
    let file = try FileContent(content, file: "input")
    let start = try file.read(whole.count / 2)
    let rest = try file.read(whole.count - whole.count / 2)
    try file.expectEnd()
    return start + rest
  }
  expect(got == whole, "comes out differently as a file")
}
