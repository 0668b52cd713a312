#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A lock on a file, held until it is let go of or the process ends, however it ends.
///
/// The system holds it, so that a dead process holds nothing. The file says who holds it, for people;
/// it is removed when the lock is let go of, and left by a process that was killed.
package final class FileLock: Sendable {
  /// Another process holds the lock.
  package struct Held: Error, Sendable, Equatable {
    /// Who holds it: the text it put into the file.
    package let holder: String
  }

  /// Who left the file behind without letting go, as it said; nil if nobody did.
  package let abandoned: String?
  private let path: String
  private let descriptor: Int32

  /// Takes the lock, putting who takes it into the file.
  ///
  /// - Throws: `Held` when another process has it; `FileError` when the file cannot be made.
  package init(_ path: String) throws {
    self.path = path
    while true {
      let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw WholeFile.writingError(errno, path) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let number = errno
        if number == EWOULDBLOCK || number == EINTR {
          let holder = Self.text(of: descriptor)
          close(descriptor)
          if number == EINTR { continue }
          throw Held(holder: holder.isEmpty ? "another process" : holder)
        }
        // Some network folders know no locks: better no lock than no training.
      }
      // Whoever had the lock may have removed the file between our opening and locking it.
      guard Self.isFile(descriptor, at: path) else {
        close(descriptor)
        continue
      }
      let before = Self.text(of: descriptor)
      abandoned = before.isEmpty ? nil : before
      let text = Array("process \(getpid()) on \(HostName.current ?? "this machine")".utf8)
      ftruncate(descriptor, 0)
      // What the file says is for people only; the lock holds without it.
      _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
      self.descriptor = descriptor
      return
    }
  }

  deinit {
    _ = unsafe unlink(path)
    close(descriptor)
  }

  private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
    var (opened, named) = (stat(), stat())
    return unsafe fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  /// The beginning of what the file says, without what a terminal would obey.
  private static func text(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
    }
    let readable = bytes.prefix(max(0, count)).filter { (0x20..<0x7f).contains($0) }
    return String(decoding: readable, as: UTF8.self)
  }
}
