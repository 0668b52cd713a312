import Recurrent
import Testing

/// The vectors are those of FIPS 180-4 and NIST's "Examples with Intermediate Values".
struct SHA256DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
        + "klmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func `published messages have their published digests`(message: String, digest: String) {
    #expect(SHA256Digest.hexadecimal(of: Array(message.utf8)) == digest)
  }

  @Test func `a million letters have their published digest`() {
    var digest = SHA256Digest()
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
    for _ in 0..<100 { digest.append(piece) }
    #expect(
      digest.hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    )
  }

  @Test func `pieces of any length give the digest of the whole`() {
    let message = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
    let whole = SHA256Digest.hexadecimal(of: message)
    for size in [1, 3, 55, 56, 63, 64, 65, 127, 128, 129, 299] {
      var digest = SHA256Digest()
      for start in stride(from: 0, to: message.count, by: size) {
        digest.append(Array(message[start..<min(start + size, message.count)]))
      }
      #expect(digest.hexadecimal == whole, "pieces of \(size)")
    }
  }

  @Test func `a digest can be taken in the middle`() {
    var digest = SHA256Digest()
    digest.append(Array("a".utf8))
    _ = digest.hexadecimal
    digest.append(Array("bc".utf8))
    #expect(digest.hexadecimal == SHA256Digest.hexadecimal(of: Array("abc".utf8)))
    #expect(digest.bytes.count == 32)
  }
}
