import Recurrent

/// A file's content from beginning to end, inflated on the way if it is gzip.
///
/// Whether it is gzip is told by its first two bytes, not by its name.
final class FileContent {
  private enum Source {
    case plain([UInt8])
    case gzip(InflateStream)
  }

  /// The file's name, for errors.
  let file: String
  /// More bytes than this cannot come, whatever a header says.
  let greatestCount: Int
  /// How many bytes have been read.
  private(set) var position = 0
  private let source: Source

  /// Whether `bytes` begin as a gzip file does.
  static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// Creates the content of a file that holds `bytes`.
  init(_ bytes: [UInt8], file: String) throws(FileError) {
    self.file = file
    if Self.isGzip(bytes) {
      let product = bytes.count.multipliedReportingOverflow(by: InflateStream.greatestExpansion)
      greatestCount = product.overflow ? .max : product.partialValue
      source = .gzip(try InflateStream(bytes, wrapping: .gzip, file: file))
    } else {
      greatestCount = bytes.count
      source = .plain(bytes)
    }
  }

  /// Returns the next `count` bytes, or fewer if the content ends before.
  func read(_ count: Int) throws(FileError) -> [UInt8] {
    let bytes: [UInt8]
    switch source {
    case .plain(let all): bytes = Array(all[position...].prefix(count))
    case .gzip(let stream): bytes = try stream.read(min(count, greatestCount - position))
    }
    position += bytes.count
    return bytes
  }

  /// Checks that nothing is left to read.
  func expectEnd() throws(FileError) {
    let end = position
    switch source {
    case .plain(let all):
      guard all.count > end else { return }
      throw FileError(
        "\(all.count - end) bytes too many follow the data",
        file: file,
        byteOffset: end,
        advice: "get the file again"
      )
    case .gzip(let stream):
      guard try !stream.read(1).isEmpty else { return }
      throw FileError(
        "more bytes follow after the \(end) the header promises",
        file: file,
        advice: "get the file again"
      )
    }
  }
}
