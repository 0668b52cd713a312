import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct IDXFileTests {
  private func failure(_ content: [UInt8], limit: Int = 1 << 31) -> String? {
    #expect(throws: FileError.self) {
      try IDXFile(content: content, file: "a", limit: limit)
    }?.description
  }

  private func bytes(_ dimensions: [Int]) -> [UInt8] {
    (0..<dimensions.reduce(1, *)).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test(arguments: [[3], [2, 3], [4, 2, 3], [1, 2, 1, 3, 2], [0], [0, 28, 28]])
  func `arrays of any rank are read, plain and compressed`(dimensions: [Int]) throws {
    let array = IDXFile(dimensions: dimensions, bytes: bytes(dimensions))
    let content = array.header + array.bytes
    #expect(try IDXFile(content: content, file: "a") == array)
    #expect(try IDXFile(content: gzip(content), file: "a") == array)
  }

  @Test func `the header is as published`() {
    let array = IDXFile(dimensions: [2, 300], bytes: bytes([2, 300]))
    #expect(array.header == [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 1, 44])
  }

  @Test func `a file is read from its path, and its path is in the error`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(gzip([0, 0, 8, 1, 0, 0, 0, 2, 5, 6]), as: "without-gz")
    #expect(try IDXFile(path: path).bytes == [5, 6])
    let empty = try folder.write([], as: "empty")
    let error = #expect(throws: FileError.self) { try IDXFile(path: empty) }
    #expect(error?.description == "\(empty): is empty; get the file again")
    #expect(throws: FileError.self) { try IDXFile(path: folder.path) }
    #expect(throws: FileError.self) { try IDXFile(path: folder.path + "/none") }
  }

  @Test func `a wrong magic number says what was found`() {
    #expect(
      failure([1, 2, 0xab, 4, 0, 0])
        == "a, byte 0: is not an IDX file: it begins with 01 02 AB 04, not with 00 00"
    )
    #expect(failure(gzip([1, 2, 3, 4]))?.hasPrefix("a, byte 0: is not an IDX file") == true)
  }

  @Test func `a web page says that it is one`() {
    #expect(
      failure(Array("<!DOCTYPE html>".utf8))
        == "a: is a web page, not an IDX file; get the file again"
    )
  }

  @Test func `other element types are named`() {
    #expect(
      failure([0, 0, 0x0d, 1, 0, 0, 0, 0])
        == "a, byte 2: holds 32-bit floats (type 0D); only unsigned bytes (type 08) are read"
    )
    #expect(failure([0, 0, 7, 1])?.contains("an unknown type (07)") == true)
  }

  @Test func `an array without dimensions is refused`() {
    #expect(failure([0, 0, 8, 0, 1]) == "a, byte 3: is an IDX file without dimensions")
  }

  @Test func `a header that breaks off says where`() {
    for content: [UInt8] in [[0], [0, 0, 8], [0, 0, 8, 2, 0, 0, 0, 1], [0, 0, 8, 255, 0, 0]] {
      #expect(
        failure(content)
          == "a, byte \(content.count): breaks off within its header; get the file again"
      )
    }
  }

  @Test func `missing data are found, plain and compressed`() {
    let content: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 1, 2]
    let line =
      "a: is shorter than the 3 bytes of data its header promises; "
      + "the file is incomplete; get it again"
    #expect(failure(content) == line)
    #expect(failure(gzip(content)) == line)
  }

  @Test func `surplus data are found, plain and compressed`() {
    let content: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 1, 2, 3]
    #expect(
      failure(content) == "a, byte 9: 2 bytes too many follow the data; get the file again"
    )
    #expect(failure(gzip(content))?.contains("more bytes follow") == true)
  }

  @Test func `dimensions are not believed before the data are there`() {
    let huge: [UInt8] = [0, 0, 8, 2] + [UInt8](repeating: 255, count: 8)
    #expect(
      failure(huge)
        == "a, byte 4: its header promises 4294967295×4294967295 bytes; at most 2147483648 are read"
    )
    // One gibibyte is within the limit, but 12 bytes of file cannot hold it.
    let large: [UInt8] = [0, 0, 8, 1, 0x40, 0, 0, 0]
    #expect(failure(large)?.contains("is shorter than the 1073741824 bytes") == true)
    #expect(failure(gzip(large))?.contains("is shorter than the 1073741824 bytes") == true)
    #expect(failure([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3], limit: 2)?.contains("at most 2") == true)
  }

  @Test func `a dimension of overflowing product is refused`() {
    let overflowing: [UInt8] = [0, 0, 8, 255] + [UInt8](repeating: 1, count: 4 * 255)
    #expect(failure(overflowing)?.contains("at most") == true)
    // Nothing is there, but a reader that multiplies from the front would overflow all the same.
    let sizes = [UInt8](repeating: 255, count: 12) + [0, 0, 0, 0]
    #expect(failure([0, 0, 8, 4] + sizes)?.contains("at most") == true)
  }

  @Test func `changed bytes never crash the reader`() throws {
    let array = IDXFile(dimensions: [3, 4, 5], bytes: bytes([3, 4, 5]))
    let plain = array.header + array.bytes
    var random = RandomStream(seed: 2, purpose: .testing)
    for round in 0..<4_000 {
      var content = plain
      for _ in 0...random.nextIndex(below: 3) {
        content[random.nextIndex(below: 16)] = UInt8(random.nextIndex(below: 256))
      }
      if round % 4 == 0 { content = Array(content.prefix(random.nextIndex(below: 70))) }
      if round % 2 == 0 { content = gzip(content) }
      _ = try? IDXFile(content: content, file: "a")
    }
  }
}
