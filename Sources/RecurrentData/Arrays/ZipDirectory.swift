package import Recurrent

/// The list of files at the end of a zip archive.
///
/// Archives larger than 4 GB, encrypted ones and those in several files are not read.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10, 2022, sections 4.3
/// and 4.4.
package struct ZipDirectory {
  /// A file in the archive.
  package struct Entry {
    package var name: String
    /// How it is kept: 0 as it is, 8 deflated.
    var method: Int
    /// The CRC-32 of its bytes.
    var checksum: Int
    /// How many bytes it takes in the archive.
    var storedSize: Int
    /// How many bytes it has.
    package var size: Int
    /// Where what is said of it before its bytes begins.
    var offset: Int
  }

  /// The files, in the archive's order.
  package private(set) var entries: [Entry] = []
  private let content: [UInt8]
  private let path: String

  private static let (endSignature, entrySignature) = (0x0605_4B50, 0x0201_4B50)
  private static let localSignature = 0x0403_4B50
  /// The bytes of the three records without names, comments and further fields.
  private static let (endSize, entrySize, localSize) = (22, 46, 30)

  /// Reads the directory of an archive.
  package init(_ content: [UInt8], path: String) throws(FileError) {
    self.content = content
    self.path = path
    guard let end = place() else {
      throw FileError("is no zip archive: it has no directory at its end", file: path)
    }
    let (count, size, start) = (number(end + 10, 2), number(end + 12, 4), number(end + 16, 4))
    guard number(end + 4, 4) == 0, number(end + 8, 2) == count, start + size <= end else {
      throw FileError("is a zip archive of a kind that is not read", file: path)
    }
    var position = start
    for _ in 0..<count {
      let entry = try entry(at: position, before: start + size)
      entries.append(entry.entry)
      position = entry.end
    }
  }

  /// The bytes of a file in the archive, inflated, with a right checksum.
  package func bytes(of entry: Entry) throws(FileError) -> [UInt8] {
    func failure(_ text: String) -> FileError {
      FileError("'\(entry.name.prefix(60))' \(text)", file: path, byteOffset: entry.offset)
    }
    let start = entry.offset
    guard start + Self.localSize <= content.count, number(start, 4) == Self.localSignature else {
      throw failure("is not where the archive says it is")
    }
    let data = start + Self.localSize + number(start + 26, 2) + number(start + 28, 2)
    guard data + entry.storedSize <= content.count else { throw failure("breaks off") }
    let stored = content[data..<data + entry.storedSize]
    let bytes: [UInt8]
    if entry.method == 0 {
      bytes = Array(stored)
    } else {
      guard entry.size <= entry.storedSize * InflateStream.greatestExpansion else {
        throw failure("claims more bytes than its compressed data can have")
      }
      bytes = try InflateStream(Array(stored), wrapping: .none, file: path).read(entry.size)
    }
    guard bytes.count == entry.size, CRC32.checksum(of: bytes[...]) == entry.checksum else {
      throw failure("is damaged: its checksum is wrong")
    }
    return bytes
  }

  /// Where the record at the archive's end is: behind it there is a comment at most.
  private func place() -> Int? {
    let last = content.count - Self.endSize
    guard last >= 0 else { return nil }
    return (max(0, last - 65_535)...last).reversed().first {
      number($0, 4) == Self.endSignature && $0 + Self.endSize + number($0 + 20, 2) == content.count
    }
  }

  private func entry(
    at position: Int,
    before end: Int
  ) throws(FileError) -> (entry: Entry, end: Int) {
    guard position + Self.entrySize <= end, number(position, 4) == Self.entrySignature else {
      throw FileError("has a damaged zip directory", file: path, byteOffset: position)
    }
    let nameStart = position + Self.entrySize
    let nameEnd = nameStart + number(position + 28, 2)
    let next = nameEnd + number(position + 30, 2) + number(position + 32, 2)
    guard next <= end, let name = String(validating: content[nameStart..<nameEnd], as: UTF8.self)
    else { throw FileError("has a damaged zip directory", file: path, byteOffset: position) }
    let entry = Entry(
      name: name,
      method: number(position + 10, 2),
      checksum: number(position + 16, 4),
      storedSize: number(position + 20, 4),
      size: number(position + 24, 4),
      offset: number(position + 42, 4)
    )
    let isPlain = entry.method == 0 && entry.size == entry.storedSize || entry.method == 8
    // A first flag is set for what is encrypted; sizes of all ones stand elsewhere.
    guard isPlain, number(position + 8, 2) & 1 == 0,
      ![entry.size, entry.storedSize, entry.offset].contains(0xFFFF_FFFF)
    else {
      throw FileError("keeps '\(name.prefix(60))' in a way that is not read", file: path)
    }
    return (entry, next)
  }

  /// The little-endian number of `width` bytes at a place, all of which are in the content.
  private func number(_ place: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(content[place + $1]) << (8 * $1) }
  }
}
