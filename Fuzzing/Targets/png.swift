// libFuzzer: -max_len=1024

import Recurrent
@testable import RecurrentData

/// Decodes a picture and makes a digit of it.
///
/// Checksums and compression would keep nearly all that is made up from the decoder. So the
/// checksums of what begins as a PNG file are made right, and of all else a file is made: its bytes
/// are the picture's header, a palette's size, what is transparent, and the rows before they are
/// compressed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPNG(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = bytes(start, count)
  let isFile = input.starts(with: PNGChunks.signature)
  guard let content = isFile ? withChecksums(input) : file(input),
    let image = accepted({ () throws(FileError) in
      try GrayscaleImage(png: content, file: "input")
    })
  else { return 0 }
  expect(image.pixels.count == image.width * image.height, "has pixels for another size")
  guard image.pixels.count <= 65_536 else { return 0 }
  expect((try? GrayscaleImage(png: image.encodedAsPNG())) == image, "does not come back")
  let digit = accepted { () throws(FileError) in try DigitImage(image, file: "input") }
  expect((digit?.pixels.count ?? 784) == 784, "is a digit of another size")
  return 0
}

private func withChecksums(_ input: [UInt8]) -> [UInt8] {
  var content = input
  var position = PNGChunks.signature.count
  while position + 12 <= content.count {
    let length = content[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    let end = position + 8 + length
    guard end + 4 <= content.count else { break }
    let sum = CRC32.checksum(of: content[position + 4..<end])
    for index in 0..<4 { content[end + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * index)) }
    position = end + 4
  }
  return content
}

private func file(_ input: [UInt8]) -> [UInt8]? {
  guard input.count >= 8 else { return nil }
  let kinds: [UInt8] = [0, 2, 3, 4, 6]
  let header =
    [0, 0, 0, input[0] % 64, 0, 0, 0, input[1] % 64, input[2], kinds[Int(input[3]) % 5]]
    + [0, 0, input[4] & 1]
  let (colors, transparent) = (3 * Int(input[5]), Int(input[6]))
  var rest = input[7...]
  var chunks = [("IHDR", header)]
  for (type, size) in [("PLTE", colors), ("tRNS", transparent)] where size > 0 {
    chunks.append((type, Array(rest.prefix(size))))
    rest = rest.dropFirst(size)
  }
  chunks += [("IDAT", PNGEncoder.deflated(Array(rest))), ("IEND", [])]
  return PNGEncoder.file(chunks)
}
