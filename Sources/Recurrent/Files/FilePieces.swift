#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An ordinary file that is read piece by piece, from its beginning to its end.
package final class FilePieces {
  /// The file's path.
  package let path: String
  /// The number of bytes that the file had when it was opened.
  package let size: Int
  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Throws: An error if the file is missing, unreadable, a directory, or no ordinary file.
  package init(of path: String) throws(FileError) {
    (descriptor, size) = try WholeFile.opened(path)
    self.path = path
  }

  deinit { close(descriptor) }

  /// Returns the next bytes, at most `count`; none at the file's end.
  package func next(_ count: Int) throws(FileError) -> [UInt8] {
    var failure: Int32 = 0
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, got in
      unsafe got = WholeFile.readSome(descriptor, into: buffer, &failure)
    }
    guard failure == 0 else { throw WholeFile.readingError(failure, path) }
    return piece
  }
}
