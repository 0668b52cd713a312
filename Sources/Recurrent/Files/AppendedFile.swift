#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that grows by whole records and can be read while it does.
///
/// Unlike `WholeFile` it stands in its place from the beginning. Whoever kills its writer leaves the
/// records that were written, at most with a part of one at the end.
package struct AppendedFile: Sendable {
  /// The path of the file.
  package let path: String
  private let descriptor: Int32
  private var size = 0

  /// Creates an empty file; nil if there is something at the path.
  ///
  /// - Throws: An error if the folder cannot be written to.
  package init?(new path: String) throws(FileError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      if errno == EEXIST { return nil }
      throw WholeFile.writingError(errno, path)
    }
  }

  /// Writes a record at the end, at once; a part of one that could not be written is taken away.
  ///
  /// - Throws: An error if the disk is full.
  package mutating func append(_ record: [UInt8]) throws(FileError) {
    var failure: Int32 = 0
    unsafe record.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = unsafe write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          failure = errno
          return
        }
        written += count
      }
    }
    guard failure == 0 else {
      if ftruncate(descriptor, off_t(size)) == 0 { lseek(descriptor, off_t(size), SEEK_SET) }
      throw WholeFile.writingError(failure, path)
    }
    size += record.count
  }

  /// Has everything written lie on the disk.
  ///
  /// - Throws: An error if it cannot.
  package func flush() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw WholeFile.writingError(errno, path) }
  }

  /// Closes the file, which then is not to be used.
  package func close() { closeDescriptor(descriptor) }
}

/// The system's `close`, which a method of that name hides.
private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
