import Recurrent
import Testing

@testable import RecurrentData

struct FileContentTests {
  private let message = (0..<3_000).map { UInt8(truncatingIfNeeded: $0 / 3) }

  private func readAll(_ bytes: [UInt8], count: Int = 10_000) throws -> [UInt8] {
    let content = try FileContent(bytes, file: "a")
    let read = try content.read(count)
    try content.expectEnd()
    return read
  }

  private func failure(_ bytes: [UInt8]) -> String? {
    #expect(throws: FileError.self) { try readAll(bytes) }?.description
  }

  @Test func `plain and compressed content read alike, in pieces too`() throws {
    for bytes in [message, gzip(message)] {
      let content = try FileContent(bytes, file: "a")
      #expect(try content.read(4) == Array(message[..<4]))
      #expect(try content.read(0) == [])
      #expect(try content.read(9_999) == Array(message[4...]))
      #expect(content.position == message.count)
      try content.expectEnd()
    }
  }

  @Test func `members of a gzip file read as one`() throws {
    let two = gzip(Array(message[..<100])) + gzip([]) + gzip(Array(message[100...]))
    #expect(try readAll(two) == message)
  }

  @Test func `a gzip file made by another program is read`() throws {
    // printf 'hello hello hello\n' | gzip -n (GNU gzip 1.12, with its header flags)
    let bytes: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9,
      0x57, 0xc8, 0x40, 0x90, 0x5c, 0x00, 0x3b, 0x7c, 0x8a, 0xdf, 0x12, 0x00, 0x00, 0x00,
    ]
    #expect(try readAll(bytes) == Array("hello hello hello\n".utf8))
  }

  @Test func `compressed data that break off say where`() {
    let bytes = gzip(message)
    for count in [2, 9, 10, 11, bytes.count / 2, bytes.count - 8, bytes.count - 1] {
      #expect(
        failure(Array(bytes[..<count])) == "a, byte \(count): the compressed data break off; "
          + "the file is incomplete; get it again"
      )
    }
  }

  @Test func `a wrong checksum is found`() {
    var bytes = gzip(message)
    bytes[bytes.count - 6] ^= 1
    #expect(failure(bytes)?.contains("are damaged (incorrect data check)") == true)
  }

  @Test func `a wrong length is found`() {
    var bytes = gzip(message)
    bytes[bytes.count - 2] ^= 1
    #expect(failure(bytes)?.contains("are damaged (incorrect length check)") == true)
  }

  @Test func `something else after the compressed data is found`() {
    let bytes = gzip(message)
    #expect(
      failure(bytes + [0, 0, 0]) == "a, byte \(bytes.count): 3 bytes of something else follow "
        + "the compressed data; get the file again"
    )
  }

  @Test func `more content than expected is found`() throws {
    let content = try FileContent(gzip(message), file: "a")
    _ = try content.read(2_999)
    let error = #expect(throws: FileError.self) { try content.expectEnd() }
    #expect(
      error?.description
        == "a: more bytes follow after the 2999 the header promises; get the file again"
    )
  }

  @Test func `no more is inflated than asked for`() throws {
    let bomb = gzip([UInt8](repeating: 0, count: 20_000_000))
    #expect(bomb.count < 30_000)
    #expect(try FileContent(bomb, file: "a").read(10).count == 10)
  }

  @Test func `changed bytes never crash the reader`() throws {
    let original = gzip(message) + gzip(message)
    var random = RandomStream(seed: 1, purpose: .testing)
    for _ in 0..<3_000 {
      var bytes = original
      for _ in 0...random.nextIndex(below: 4) {
        bytes[random.nextIndex(below: bytes.count)] = UInt8(random.nextIndex(below: 256))
      }
      _ = try? readAll(Array(bytes.prefix(random.nextIndex(below: 2 * bytes.count))))
    }
  }
}
