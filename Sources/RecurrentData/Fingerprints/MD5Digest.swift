import Recurrent

/// The MD5 digest of a message, to check downloads whose publishers give nothing better.
///
/// MD5 finds damage but not malice; nothing else here should use it.
///
/// Source: R. Rivest, "The MD5 Message-Digest Algorithm", RFC 1321, 1992,
/// <https://www.rfc-editor.org/rfc/rfc1321>.
struct MD5Digest: Sendable {
  private var blocks = MessageBlocks()
  private var a: UInt32 = 0x6745_2301
  private var b: UInt32 = 0xefcd_ab89
  private var c: UInt32 = 0x98ba_dcfe
  private var d: UInt32 = 0x1032_5476

  /// Returns the digest of `bytes` in hexadecimal.
  static func hexadecimal(of bytes: [UInt8]) -> String {
    var digest = MD5Digest()
    digest.append(bytes)
    return digest.hexadecimal
  }

  /// Adds bytes to the message's end.
  mutating func append(_ bytes: [UInt8]) {
    var blocks = blocks
    bytes.withUnsafeBytes { buffer in blocks.append(buffer) { compress($0) } }
    self.blocks = blocks
  }

  /// The digest of all bytes so far, as 32 lowercase hexadecimal digits.
  var hexadecimal: String {
    var final = self
    blocks.lastBlocks(bigEndianLength: false).withUnsafeBytes { final.compress($0) }
    var bytes: [UInt8] = []
    for word in [final.a, final.b, final.c, final.d] {
      for shift: UInt32 in [0, 8, 16, 24] {
        bytes.append(UInt8(truncatingIfNeeded: word &>> shift))
      }
    }
    return Recurrent.hexadecimal(bytes)
  }

  /// Takes in whole blocks: `message.count` must be a multiple of 64, and is all that is read.
  private mutating func compress(_ message: UnsafeRawBufferPointer) {
    precondition(message.count % MessageBlocks.blockSize == 0)
    for start in stride(from: 0, to: message.count, by: MessageBlocks.blockSize) {
      compressBlock(UnsafeRawBufferPointer(rebasing: message[start..<start + 64]))
    }
  }

  private mutating func compressBlock(_ block: UnsafeRawBufferPointer) {
    var (a, b, c, d) = (self.a, self.b, self.c, self.d)
    for step in 0..<64 {
      let mixed: UInt32
      let word: Int
      switch step &>> 4 {
      case 0: (mixed, word) = ((b & c) | (~b & d), step)
      case 1: (mixed, word) = ((d & b) | (~d & c), (5 &* step &+ 1) & 15)
      case 2: (mixed, word) = (b ^ c ^ d, (3 &* step &+ 5) & 15)
      default: (mixed, word) = (c ^ (b | ~d), (7 &* step) & 15)
      }
      let value = UInt32(
        littleEndian: block.loadUnaligned(fromByteOffset: 4 &* word, as: UInt32.self)
      )
      let sum = a &+ mixed &+ Self.sines[step] &+ value
      let shift = Self.shifts[(step &>> 4) &* 4 &+ (step & 3)]
      (a, d, c) = (d, c, b)
      b = b &+ (sum &<< shift | sum &>> (32 &- shift))
    }
    self.a &+= a
    self.b &+= b
    self.c &+= c
    self.d &+= d
  }

  /// Left rotations, four for each of the four rounds.
  private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

  /// T of the document: ⌊2³² |sin(i + 1)|⌋.
  private static let sines: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
    0xfd46_9501, 0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193,
    0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d,
    0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed,
    0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122,
    0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70, 0x289b_7ec6, 0xeaa1_27fa,
    0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244,
    0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
    0xeb86_d391,
  ]
}
