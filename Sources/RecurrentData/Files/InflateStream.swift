import CZlib
package import Recurrent

/// Bytes in zlib's or gzip's wrapping, or in none, inflated piece by piece.
///
/// A gzip stream may have several members, as RFC 1952 allows; checksums are checked. Reading in
/// pieces lets the caller look at a header before it decides how much to take.
package final class InflateStream {
  /// What is around the compressed data.
  package enum Wrapping: Sendable {
    /// One or more gzip members, RFC 1952, and nothing after them.
    case gzip
    /// A zlib stream, RFC 1950.
    case zlib
    /// Deflated data alone, RFC 1951.
    case none
  }

  /// No deflate stream becomes longer than this many times itself when inflated.
  package static let greatestExpansion = 1032

  // zlib keeps this address and refuses a moved structure, so it has a place of its own, which
  // lives exactly as long as this object.
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: [UInt8]
  private let wrapping: Wrapping
  private let file: String?
  private var position = 0
  private var hasEnded = false

  /// Creates a stream over `input`; `file` is named in errors.
  package init(_ input: [UInt8], wrapping: Wrapping, file: String?) throws(FileError) {
    self.input = input
    self.wrapping = wrapping
    self.file = file
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 is the largest window; 16 more asks for gzip's wrapping, a minus sign for none.
    let windowBits: Int32 =
      switch wrapping {
      case .gzip: 15 + 16
      case .zlib: 15
      case .none: -15
      }
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw FileError("zlib could not be started", file: file)
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Returns the next `count` bytes, or fewer if the data end before.
  package func read(_ count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      (initialized, failure) = fill(buffer)
    }
    if let failure { throw failure }
    return bytes
  }

  /// Overwrites `bytes` with the next bytes; returns how many there were.
  func read(into bytes: inout [UInt8]) throws(FileError) -> Int {
    let (count, failure) = bytes.withUnsafeMutableBufferPointer { fill($0) }
    if let failure { throw failure }
    return count
  }

  /// Fills `buffer` from its beginning; returns how far it came and what stopped it.
  ///
  /// zlib gets `input[position...]` and `buffer[written...]` with their lengths, at most 2³⁰
  /// bytes at a time for its 32-bit counters, and keeps neither beyond the call.
  private func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> (Int, FileError?) {
    var written = 0
    while written < buffer.count && !hasEnded {
      let available = min(input.count - position, 1 << 30)
      let room = min(buffer.count - written, 1 << 30)
      let status = input.withUnsafeBufferPointer { source in
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress?.advanced(by: position)
        )
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = buffer.baseAddress?.advanced(by: written)
        stream.pointee.avail_out = UInt32(room)
        return inflate(stream, Z_NO_FLUSH)
      }
      position += available - Int(stream.pointee.avail_in)
      written += room - Int(stream.pointee.avail_out)
      if let failure = failure(after: status) { return (written, failure) }
    }
    return (written, nil)
  }

  /// Takes note of what `inflate` returned; returns the error it stands for, if any.
  private func failure(after status: Int32) -> FileError? {
    switch status {
    case Z_OK:
      return nil
    case Z_STREAM_END:
      if wrapping != .gzip || position == input.count {
        hasEnded = true
        return nil
      }
      guard input[position...].starts(with: [0x1f, 0x8b]) else {
        return FileError(
          "\(input.count - position) bytes of something else follow the compressed data",
          file: file,
          byteOffset: position,
          advice: "get the file again"
        )
      }
      return inflateReset(stream) == Z_OK ? nil : FileError("zlib failed", file: file)
    case Z_BUF_ERROR:
      return FileError(
        "the compressed data break off",
        file: file,
        byteOffset: input.count,
        advice: "the file is incomplete; get it again"
      )
    case Z_MEM_ERROR:
      return FileError("there is not enough memory to decompress it", file: file)
    default:
      let reason = stream.pointee.msg.map { " (\(String(cString: $0)))" } ?? ""
      return FileError(
        "the compressed data are damaged\(reason)",
        file: file,
        byteOffset: position,
        advice: "get the file again"
      )
    }
  }
}
