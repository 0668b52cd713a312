import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file being written beside the place it is meant for.
///
/// It takes that place by `commit()`, once it is whole and flushed; `discard()` removes it. What
/// was in the place stays there until then.
struct FileInProgress: Sendable {
  /// The path the file takes in the end.
  let target: String
  /// The path it has until then.
  let path: String
  private let descriptor: Int32

  /// Creates an empty file beside `target`.
  init(replacing target: String) throws(DataError) {
    let url = URL(fileURLWithPath: target)
    let name = ".\(url.lastPathComponent).\(UUID().uuidString).partial"
    self.target = target
    path = url.deletingLastPathComponent().appendingPathComponent(name).path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw DataError("cannot be written: \(WholeFile.systemMessage(errno))", file: target)
    }
  }

  /// Writes `bytes` at the end; returns what went wrong, if anything did.
  func append(_ bytes: UnsafeRawBufferPointer) -> DataError? {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        return DataError("cannot be written: \(WholeFile.systemMessage(errno))", file: target)
      }
      written += count
    }
    return nil
  }

  /// Flushes and closes the file and moves it to its place; on failure, removes it.
  func commit() throws(DataError) {
    let flushed = fsync(descriptor) == 0
    var failure = flushed ? 0 : errno
    close(descriptor)
    if failure == 0 && rename(path, target) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(path)
      throw DataError("cannot be written: \(WholeFile.systemMessage(failure))", file: target)
    }
    flushFolder()
  }

  /// Closes and removes the file.
  func discard() {
    close(descriptor)
    unlink(path)
  }

  /// Makes the new name itself last through a power cut; some file systems cannot, which is fine.
  private func flushFolder() {
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}
