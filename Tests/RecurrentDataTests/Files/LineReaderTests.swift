import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct LineReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func lines(_ text: String) throws -> [String] {
    let reader = try LineReader(folder.write(Array(text.utf8), as: "text"))
    var lines: [String] = []
    var line: [UInt8] = []
    while try reader.read(into: &line) {
      lines.append(String(decoding: line, as: UTF8.self))
      #expect(reader.number == lines.count)
    }
    return lines
  }

  @Test(
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]),
      ("a\r\nb\r\n", ["a", "b"]), ("a\rb\n", ["a\rb"]),
      ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]),
      ("\u{FEFF}", [""]), ("\r\n", [""]),
    ] as [(String, [String])]
  )
  func `lines end with a line feed, or with the file`(text: String, expected: [String]) throws {
    #expect(try lines(text).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test func `lines longer than what is read at once stay whole`() throws {
    let lengths = [1 << 20, (1 << 20) - 1, 1, 3 << 20, 0, 5]
    let text = lengths.map { String(repeating: "x", count: $0) }.joined(separator: "\n")
    #expect(try lines(text).map(\.count) == lengths)
  }

  @Test func `a line without an end is refused`() throws {
    let path = try folder.write(Array("ab\n0123456789\n".utf8), as: "text")
    let reader = try LineReader(path, longestLine: 9)
    var line: [UInt8] = []
    #expect(try reader.read(into: &line))
    let error = #expect(throws: FileError.self) { try reader.read(into: &line) }
    #expect(error?.description == "\(path): has a line 2 of more than 9 bytes; it may not be text")
  }

  @Test func `what is no file is refused`() throws {
    for path in [folder.path, folder.path + "/none"] {
      #expect(throws: FileError.self) { try LineReader(path) }
    }
  }
}
