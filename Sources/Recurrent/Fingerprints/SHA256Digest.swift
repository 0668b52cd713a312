/// The SHA-256 digest of a message that comes in pieces.
///
/// ```swift
/// var digest = SHA256Digest()
/// digest.append(Array("abc".utf8))
/// digest.hexadecimal  // "ba7816bf8f01cfea…"
/// ```
///
/// Source: NIST, "Secure Hash Standard", FIPS 180-4, 2015, section 6.2,
/// <https://doi.org/10.6028/NIST.FIPS.180-4>.
public struct SHA256Digest: Sendable {
  private var blocks = MessageBlocks()
  private var state = State(
    a: 0x6a09_e667,
    b: 0xbb67_ae85,
    c: 0x3c6e_f372,
    d: 0xa54f_f53a,
    e: 0x510e_527f,
    f: 0x9b05_688c,
    g: 0x1f83_d9ab,
    h: 0x5be0_cd19
  )

  /// Creates the digest of the empty message.
  public init() {}

  /// Returns the digest of `bytes` in hexadecimal.
  public static func hexadecimal(of bytes: [UInt8]) -> String {
    var digest = SHA256Digest()
    digest.append(bytes)
    return digest.hexadecimal
  }

  /// Adds bytes to the message's end.
  public mutating func append(_ bytes: some Collection<UInt8>) {
    let isWhole: Void? = bytes.withContiguousStorageIfAvailable {
      unsafe append(UnsafeRawBufferPointer($0))
    }
    if isWhole == nil { append(Array(bytes)) }
  }

  /// Adds `bytes[0..<bytes.count]`, which are not kept, to the message's end.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    var (blocks, state) = (blocks, state)
    unsafe blocks.append(bytes) { unsafe state.compress($0) }
    (self.blocks, self.state) = (blocks, state)
  }

  /// The digest of all bytes so far, 32 bytes.
  public var bytes: [UInt8] {
    var final = state
    unsafe blocks.lastBlocks(bigEndianLength: true).withUnsafeBytes { unsafe final.compress($0) }
    var bytes: [UInt8] = []
    for word in [final.a, final.b, final.c, final.d, final.e, final.f, final.g, final.h] {
      for shift: UInt32 in [24, 16, 8, 0] {
        bytes.append(UInt8(truncatingIfNeeded: word &>> shift))
      }
    }
    return bytes
  }

  /// The digest of all bytes so far, as 64 lowercase hexadecimal digits.
  public var hexadecimal: String { Recurrent.hexadecimal(bytes) }
}

extension SHA256Digest {
  /// The eight working words, H⁽ⁱ⁾ of the standard.
  private struct State: Sendable {
    var a, b, c, d, e, f, g, h: UInt32

    /// Takes in whole blocks: `message.count` must be a multiple of 64.
    ///
    /// Written with masking operators and plain expressions, so that it is quick without the
    /// optimiser too. Reads `message[0..<message.count]` only; `schedule` has 64 words and is
    /// read and written at 0..<64.
    mutating func compress(_ message: UnsafeRawBufferPointer) {
      precondition(message.count % MessageBlocks.blockSize == 0)
      var state = self
      unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
        unsafe SHA256Digest.roundConstants.withUnsafeBufferPointer { constants in
          var start = 0
          while start < message.count {
            unsafe state.compressBlock(message, start, schedule, constants)
            start &+= MessageBlocks.blockSize
          }
        }
      }
      self = state
    }

    private mutating func compressBlock(
      _ message: UnsafeRawBufferPointer,
      _ start: Int,
      _ schedule: UnsafeMutableBufferPointer<UInt32>,
      _ constants: UnsafeBufferPointer<UInt32>
    ) {
      var t = 0
      while t < 16 {
        unsafe schedule[t] = UInt32(
          bigEndian: message.loadUnaligned(fromByteOffset: start &+ 4 &* t, as: UInt32.self)
        )
        t &+= 1
      }
      while t < 64 {
        let w15 = unsafe schedule[t &- 15]
        let w2 = unsafe schedule[t &- 2]
        let s0 = (w15 &>> 7 | w15 &<< 25) ^ (w15 &>> 18 | w15 &<< 14) ^ (w15 &>> 3)
        let s1 = (w2 &>> 17 | w2 &<< 15) ^ (w2 &>> 19 | w2 &<< 13) ^ (w2 &>> 10)
        unsafe schedule[t] = schedule[t &- 16] &+ s0 &+ schedule[t &- 7] &+ s1
        t &+= 1
      }
      var (a, b, c, d) = (self.a, self.b, self.c, self.d)
      var (e, f, g, h) = (self.e, self.f, self.g, self.h)
      t = 0
      while t < 64 {
        let s1 = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
        let choice = (e & f) ^ (~e & g)
        let t1 = unsafe h &+ s1 &+ choice &+ constants[t] &+ schedule[t]
        let s0 = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
        let majority = (a & b) ^ (a & c) ^ (b & c)
        h = g
        g = f
        f = e
        e = d &+ t1
        d = c
        c = b
        b = a
        a = t1 &+ s0 &+ majority
        t &+= 1
      }
      self.a &+= a
      self.b &+= b
      self.c &+= c
      self.d &+= d
      self.e &+= e
      self.f &+= f
      self.g &+= g
      self.h &+= h
    }
  }

  /// K of the standard: the first 32 bits of the fractions of the cube roots of 64 primes.
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}
