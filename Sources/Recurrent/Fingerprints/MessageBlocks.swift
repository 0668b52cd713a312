/// A message cut into blocks of 64 bytes, as SHA-256 and MD5 take it.
package struct MessageBlocks: Sendable {
  /// How many bytes a block holds.
  package static let blockSize = 64

  /// Bytes that wait for a block to fill; always fewer than a block.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// Creates the blocks of the empty message.
  package init() {}

  /// Adds `bytes`, handing every run of whole blocks to `body`.
  ///
  /// The buffers handed out are not empty and hold a multiple of 64 bytes.
  package mutating func append(
    _ bytes: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    byteCount &+= UInt64(bytes.count)
    var rest = unsafe bytes[...]
    if !pending.isEmpty {
      let head = unsafe rest.prefix(Self.blockSize - pending.count)
      unsafe pending += head
      unsafe rest = rest.dropFirst(head.count)
      if pending.count < Self.blockSize { return }
      unsafe pending.withUnsafeBytes(body)
      pending.removeAll(keepingCapacity: true)
    }
    let whole = unsafe rest.prefix(rest.count / Self.blockSize * Self.blockSize)
    if unsafe !whole.isEmpty { unsafe body(UnsafeRawBufferPointer(rebasing: whole)) }
    unsafe pending += rest.dropFirst(whole.count)
  }

  /// Returns the message's last block or two: what is pending, a one bit, zeros, its length.
  package func lastBlocks(bigEndianLength: Bool) -> [UInt8] {
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
package func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  var text = ""
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return text
}
