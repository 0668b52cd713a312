public import Recurrent

/// An array of bytes of any rank in the IDX format, as MNIST is published.
///
/// The file holds two zero bytes, the code of the element type, the rank, each dimension as a
/// big-endian 32-bit number, then the elements with the last dimension running fastest. Only
/// unsigned bytes (type 08) are read. The file may be compressed with gzip.
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
public struct IDXFile: Sendable, Equatable {
  /// The size of each dimension, slowest first.
  public let dimensions: [Int]
  /// The elements; as many as the product of the dimensions.
  public let bytes: [UInt8]

  /// Creates the content of a file from its parts.
  package init(dimensions: [Int], bytes: [UInt8]) {
    precondition(dimensions.reduce(1, *) == bytes.count)
    self.dimensions = dimensions
    self.bytes = bytes
  }

  /// Reads the file at `path`, plain or gzip.
  ///
  /// - Throws: An error if the file cannot be read, or is not a whole IDX file of at most
  ///   `limit` unsigned bytes.
  public init(path: String, limit: Int = 1 << 31) throws(FileError) {
    // The header takes at most 1,024 bytes, and compressing makes nothing much longer.
    let content = try WholeFile.contents(of: path, limit: min(limit, 1 << 40) + 65_536)
    self = try IDXFile(content: content, file: path, limit: limit)
  }

  /// Reads the content of a file, plain or gzip; `file` is its name in errors.
  ///
  /// - Throws: An error if this is not a whole IDX file of at most `limit` unsigned bytes.
  public init(content: [UInt8], file: String, limit: Int = 1 << 31) throws(FileError) {
    guard !content.isEmpty else {
      throw FileError("is empty", file: file, advice: "get the file again")
    }
    let content = try FileContent(content, file: file)
    dimensions = try Self.readHeader(content)
    let count = try Self.count(of: dimensions, content, limit: limit)
    bytes = try content.read(count)
    guard bytes.count == count else { throw Self.incomplete(content, count: count) }
    try content.expectEnd()
  }

  /// The bytes before the elements: magic number, type, rank and dimensions.
  package var header: [UInt8] {
    var header: [UInt8] = [0, 0, 8, UInt8(dimensions.count)]
    for size in dimensions {
      for shift in [24, 16, 8, 0] { header.append(UInt8(truncatingIfNeeded: size >> shift)) }
    }
    return header
  }

  private static func readHeader(_ content: FileContent) throws(FileError) -> [Int] {
    let magic = try content.read(4)
    if magic.first == UInt8(ascii: "<") {
      throw FileError(
        "is a web page, not an IDX file",
        file: content.file,
        advice: "get the file again"
      )
    }
    guard magic.count == 4 else { throw brokenHeader(content) }
    guard magic[0] == 0 && magic[1] == 0 else {
      throw FileError(
        "is not an IDX file: it begins with \(spelled(magic)), not with 00 00",
        file: content.file,
        byteOffset: 0
      )
    }
    guard magic[2] == 8 else {
      throw FileError(
        "holds \(typeName(magic[2])); only unsigned bytes (type 08) are read",
        file: content.file,
        byteOffset: 2
      )
    }
    let rank = Int(magic[3])
    guard rank > 0 else {
      throw FileError("is an IDX file without dimensions", file: content.file, byteOffset: 3)
    }
    let sizes = try content.read(4 * rank)
    guard sizes.count == 4 * rank else { throw brokenHeader(content) }
    return (0..<rank).map { axis in
      sizes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// Returns how many elements `dimensions` promise, once it is sure they can be there.
  ///
  /// A dimension of 0 excuses none of the others: whoever multiplies them may do so in any order.
  private static func count(
    of dimensions: [Int],
    _ content: FileContent,
    limit: Int
  ) throws(FileError) -> Int {
    var count = 1
    for size in dimensions where size > 0 {
      let product = count.multipliedReportingOverflow(by: size)
      guard !product.overflow && product.partialValue <= limit else {
        throw FileError(
          "its header promises \(shape(dimensions)) bytes; at most \(limit) are read",
          file: content.file,
          byteOffset: 4
        )
      }
      count = product.partialValue
    }
    if dimensions.contains(0) { return 0 }
    guard count <= content.greatestCount - content.position else {
      throw incomplete(content, count: count)
    }
    return count
  }

  private static func brokenHeader(_ content: FileContent) -> FileError {
    FileError(
      "breaks off within its header",
      file: content.file,
      byteOffset: content.position,
      advice: "get the file again"
    )
  }

  private static func incomplete(_ content: FileContent, count: Int) -> FileError {
    FileError(
      "is shorter than the \(count) bytes of data its header promises",
      file: content.file,
      advice: "the file is incomplete; get it again"
    )
  }

  private static func typeName(_ code: UInt8) -> String {
    switch code {
    case 0x09: "signed bytes (type 09)"
    case 0x0b: "16-bit numbers (type 0B)"
    case 0x0c: "32-bit numbers (type 0C)"
    case 0x0d: "32-bit floats (type 0D)"
    case 0x0e: "64-bit floats (type 0E)"
    default: "elements of an unknown type (\(spelled([code])))"
    }
  }

  private static func spelled(_ bytes: [UInt8]) -> String {
    bytes.map { hexadecimal([$0]).uppercased() }.joined(separator: " ")
  }

  /// Returns dimensions as a reader writes them: 60000×28×28.
  static func shape(_ dimensions: [Int]) -> String {
    dimensions.map(String.init).joined(separator: "×")
  }
}
