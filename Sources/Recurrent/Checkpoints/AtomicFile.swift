#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writing a file so that its name always leads to a whole one.
public enum AtomicFile {
  /// Writes `bytes` beside `path`, flushes them to the disk, and renames them into place.
  ///
  /// Until the rename, whatever stood at `path` stays as it was; on failure nothing is left behind.
  ///
  /// - Throws: `FileError` when the folder cannot be written to or the disk is full.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let temporary = "\(path).writing-\(getpid())"
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path, "cannot be created") }
    do throws(FileError) {
      try writeAll(bytes, to: file, path: path)
      guard fsync(file) == 0 else { throw failure(path, "cannot be flushed to the disk") }
    } catch {
      close(file)
      unsafe unlink(temporary)
      throw error
    }
    guard close(file) == 0, unsafe rename(temporary, path) == 0 else {
      let error = failure(path, "cannot be put in place")
      unsafe unlink(temporary)
      throw error
    }
    flushFolder(of: path)
  }

  private static func writeAll(
    _ bytes: [UInt8], to file: Int32, path: String
  ) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(file, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(path, "cannot be written") }
      written += count
    }
  }

  /// Makes the rename itself last; a file system that cannot do so is left alone.
  private static func flushFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let handle = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_CLOEXEC)
    guard handle >= 0 else { return }
    fsync(handle)
    close(handle)
  }

  private static func failure(_ path: String, _ problem: String) -> FileError {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    let advice =
      switch code {
      case EACCES, EPERM, EROFS: "choose a folder you may write to"
      case ENOSPC, EDQUOT: "free some space on that disk"
      case ENOENT, ENOTDIR: "create the folder first"
      default: ""
      }
    return FileError(path: path, problem: "\(problem): \(reason)", advice: advice)
  }
}
