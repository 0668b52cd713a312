import CZlib

/// The CRC-32 of a message, as zlib computes it, for gzip, PNG and zip.
enum CRC32 {
  /// Returns the CRC-32 of `bytes`, which lie in memory in one piece.
  static func checksum(of bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      var sum = crc32(0, nil, 0)
      var start = 0
      // zlib counts in 32 bits.
      while start < buffer.count {
        let count = min(buffer.count - start, 1 << 30)
        sum = crc32(sum, buffer.baseAddress?.advanced(by: start), UInt32(count))
        start += count
      }
      return Int(sum)
    }
  }
}
