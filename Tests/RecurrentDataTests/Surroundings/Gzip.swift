@testable import RecurrentData

/// Returns `bytes` as one gzip member, made by hand from a zlib stream.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  // A zlib stream has 2 bytes before the deflated data and 4 after them.
  let deflated = PNGEncoder.deflated(bytes).dropFirst(2).dropLast(4)
  return header + deflated + littleEndian(CRC32.checksum(of: bytes[...]))
    + littleEndian(bytes.count)
}

private func littleEndian(_ number: Int) -> [UInt8] {
  [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
}
