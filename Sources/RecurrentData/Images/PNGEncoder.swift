import CZlib

/// Writes 8-bit greyscale PNG files.
enum PNGEncoder {
  /// Returns the content of a PNG file that holds `image`.
  static func encode(_ image: GrayscaleImage) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(image.height * (image.width + 1))
    for y in 0..<image.height {
      rows.append(0)  // no filter
      rows += image.pixels[y * image.width..<(y + 1) * image.width]
    }
    let header = bigEndian(image.width) + bigEndian(image.height) + [8, 0, 0, 0, 0]
    return file([("IHDR", header), ("IDAT", deflated(rows)), ("IEND", [])])
  }

  /// Returns a file of these chunks.
  static func file(_ chunks: [(type: String, data: [UInt8])]) -> [UInt8] {
    chunks.reduce(into: PNGChunks.signature) { content, chunk in
      let named = Array(chunk.type.utf8) + chunk.data
      content += bigEndian(chunk.data.count) + named + bigEndian(CRC32.checksum(of: named[...]))
    }
  }

  /// Returns `bytes` compressed, in zlib's wrapping.
  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    let room = Int(size)
    return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      // zlib reads all of `bytes` and writes at most `size` bytes, the whole of the buffer; with
      // that much room it fails only for want of memory.
      let status = bytes.withUnsafeBufferPointer {
        compress2(buffer.baseAddress, &size, $0.baseAddress, UInt($0.count), Z_BEST_COMPRESSION)
      }
      precondition(status == Z_OK, "zlib ran out of memory")
      count = Int(size)
    }
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}

extension GrayscaleImage {
  /// Returns the picture as the content of a PNG file.
  package func encodedAsPNG() -> [UInt8] { PNGEncoder.encode(self) }
}
