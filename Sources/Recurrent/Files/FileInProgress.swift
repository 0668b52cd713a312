import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
package struct FileInProgress: Sendable {
  /// The path the file takes in the end.
  package let target: String
  /// The path it has until then.
  package let path: String
  private let descriptor: Int32

  private static let ending = ".partial"
  private static let counter = Atomic(0)

  /// Creates an empty file beside `target`.
  package init(replacing target: String) throws(FileError) {
    let start = target.lastIndex(of: "/").map(target.index(after:)) ?? target.startIndex
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    self.target = target
    path = "\(target[..<start]).\(target[start...]).\(getpid())-\(number)\(Self.ending)"
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw WholeFile.writingError(errno, target) }
  }

  /// Writes `bytes` at the end; returns what went wrong, if anything did.
  package func append(_ bytes: UnsafeRawBufferPointer) -> FileError? {
    var written = 0
    while written < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = unsafe write(descriptor, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return WholeFile.writingError(errno, target) }
      written += count
    }
    return nil
  }

  /// Flushes and closes the file and moves it to its place; on failure, removes it.
  ///
  /// A file that is not flushed is whole for every reader, but may be empty after a power cut. That
  /// saves its writer the wait for the disk, where the content can be had from elsewhere.
  package func commit(isFlushed: Bool = true) throws(FileError) {
    var failure = !isFlushed || fsync(descriptor) == 0 ? 0 : errno
    close(descriptor)
    if unsafe failure == 0 && rename(path, target) != 0 { failure = errno }
    guard failure == 0 else {
      _ = unsafe unlink(path)
      throw WholeFile.writingError(failure, target)
    }
    if isFlushed { flushFolder() }
  }

  /// Closes and removes the file.
  package func discard() {
    close(descriptor)
    _ = unsafe unlink(path)
  }

  /// Removes what processes that were killed had begun to write in a folder.
  ///
  /// Nothing else may be writing there.
  package static func removeLeftovers(in folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(Self.ending) {
      _ = unsafe unlink("\(folder)/\(name)")
    }
  }

  /// Makes the new name itself last through a power cut; some file systems cannot, which is fine.
  private func flushFolder() {
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let handle = unsafe open(folder, O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }
}
