/// The frame that an event has in its file: its length, the length's checksum, the event, its checksum.
///
/// Source: TensorFlow, "TFRecord and tf.train.Example", the format's section.
enum EventRecord {
  /// Returns a message in its frame.
  static func framed(_ message: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(message.count))
    return length + littleEndian(maskedChecksum(of: length)) + message
      + littleEndian(maskedChecksum(of: message))
  }

  /// The CRC-32C of some bytes, masked as TFRecord has it, since a checksum of bytes that hold
  /// checksums tells little.
  static func maskedChecksum(of bytes: [UInt8]) -> UInt32 {
    let checksum = checksum(of: bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
  }

  /// The CRC-32C, Castagnoli's, of some bytes.
  static func checksum(of bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes { state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8 }
    return ~state
  }

  /// What eight shifts make of each byte, with the reversed polynomial.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { state, _ in state >> 1 ^ (state & 1 == 0 ? 0 : 0x82f6_3b78) }
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
