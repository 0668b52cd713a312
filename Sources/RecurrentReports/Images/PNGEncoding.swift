/// Writes PNG files without compressing them, which for pictures this small costs little.
///
/// Source: Portable Network Graphics (PNG) Specification, third edition, W3C 2025,
/// https://www.w3.org/TR/png-3/; zlib and deflate formats, RFC 1950 and RFC 1951.
enum PNGEncoding {
  /// The bytes of a greyscale PNG file of eight bits per pixel.
  static func file(for image: GreyscaleImage) -> [UInt8] {
    let header =
      bigEndian(UInt32(image.columns)) + bigEndian(UInt32(image.rows))
      + [8, 0, 0, 0, 0]  // eight bits, grey, deflate, adaptive filters, not interlaced
    var scanlines: [UInt8] = []
    scanlines.reserveCapacity(image.rows * (image.columns + 1))
    for row in 0..<image.rows {
      scanlines.append(0)  // no filter
      for pixel in image.pixels[row * image.columns..<(row + 1) * image.columns] {
        scanlines.append(image.tone == .ink ? 255 - pixel : pixel)
      }
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", stored(scanlines)) + chunk("IEND", [])
  }

  /// Wraps bytes in a zlib stream of stored deflate blocks.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let blockSize = 65_535
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: max(bytes.count, 1), by: blockSize) {
      let end = min(start + blockSize, bytes.count)
      let length = UInt16(end - start)
      stream.append(end == bytes.count ? 1 : 0)
      stream += [UInt8(length & 0xFF), UInt8(length >> 8)]
      stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)]
      stream += bytes[start..<end]
    }
    return stream + bigEndian(adler32(bytes))
  }

  /// The checksum of a zlib stream (RFC 1950, section 8.2).
  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in bytes {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }

  /// The checksum of a PNG chunk (PNG specification, annex D).
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var remainder: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder & 1 == 1 ? 0xEDB8_8320 ^ (remainder >> 1) : remainder >> 1
      }
    }
    return ~remainder
  }

  private static func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    let checked = Array(kind.utf8) + content
    return bigEndian(UInt32(content.count)) + checked + bigEndian(crc32(checked))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
