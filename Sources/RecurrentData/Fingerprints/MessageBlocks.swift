/// A message cut into blocks of 64 bytes, as SHA-256 and MD5 take it.
struct MessageBlocks: Sendable {
  /// How many bytes a block holds.
  static let blockSize = 64

  /// Bytes that wait for a block to fill; always fewer than a block.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// Adds `bytes`, handing every run of whole blocks to `body`.
  ///
  /// The buffers handed out are not empty and hold a multiple of 64 bytes.
  mutating func append(
    _ bytes: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    byteCount &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let head = rest.prefix(Self.blockSize - pending.count)
      pending += head
      rest = rest.dropFirst(head.count)
      if pending.count < Self.blockSize { return }
      pending.withUnsafeBytes(body)
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.prefix(rest.count / Self.blockSize * Self.blockSize)
    if !whole.isEmpty { body(UnsafeRawBufferPointer(rebasing: whole)) }
    pending += rest.dropFirst(whole.count)
  }

  /// Returns the message's last block or two: what is pending, a one bit, zeros, its length.
  func lastBlocks(bigEndianLength: Bool) -> [UInt8] {
    var blocks = pending + [0x80]
    while blocks.count % Self.blockSize != Self.blockSize - 8 { blocks.append(0) }
    let bitCount = byteCount &* 8
    for index in 0..<8 {
      let shift = UInt64(bigEndianLength ? 56 - 8 * index : 8 * index)
      blocks.append(UInt8(truncatingIfNeeded: bitCount &>> shift))
    }
    return blocks
  }
}

/// Returns the bytes as lowercase hexadecimal digits.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  var text = ""
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return text
}
