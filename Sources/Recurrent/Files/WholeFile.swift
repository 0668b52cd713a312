#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads and writes files in one piece, with an error that says what is in the way.
package enum WholeFile {
  /// Returns the content of the ordinary file at `path`.
  ///
  /// - Throws: An error if the file is missing, unreadable, a directory, no ordinary file, or
  ///   holds more than `limit` bytes.
  package static func contents(
    of path: String,
    limit: Int = 1 << 31
  ) throws(FileError) -> [UInt8] {
    let (descriptor, size) = try opened(path)
    defer { close(descriptor) }
    guard size <= limit else {
      throw FileError("holds \(size) bytes; at most \(limit) are read", file: path)
    }

    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // The file is no longer than `size`, but may have become shorter.
      while count < size {
        let space = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count..<size])
        let got = unsafe readSome(descriptor, into: space, &failure)
        if got == 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw readingError(failure, path) }
    return bytes
  }

  /// Opens the ordinary file at `path` for reading; returns its descriptor and its size.
  ///
  /// - Throws: An error if the file is missing, unreadable, a directory, or no ordinary file.
  static func opened(_ path: String) throws(FileError) -> (descriptor: Int32, size: Int) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw openingError(errno, path) }
    var status = stat()
    let problem: FileError? =
      if unsafe fstat(descriptor, &status) != 0 {
        openingError(errno, path)
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: FileError("is a folder, not a file", file: path)
        default: FileError("is not an ordinary file", file: path)
        }
      }
    if let problem {
      close(descriptor)
      throw problem
    }
    return (descriptor, Int(status.st_size))
  }

  /// Reads bytes into `buffer`, as many as there are at once; returns how many, 0 at the end or with
  /// `failure`, an `errno`, set.
  static func readSome(
    _ descriptor: Int32,
    into buffer: UnsafeMutableBufferPointer<UInt8>,
    _ failure: inout Int32
  ) -> Int {
    while true {
      let got = unsafe read(descriptor, buffer.baseAddress, buffer.count)
      if got >= 0 { return got }
      if errno == EINTR { continue }
      failure = errno
      return 0
    }
  }

  /// Puts `bytes` at `path` by way of a new file beside it, so that readers see all or nothing.
  ///
  /// What stood at `path` stays until the new file is whole and, unless told otherwise, flushed; on
  /// failure nothing new is left behind.
  ///
  /// - Throws: An error if the folder cannot be written to or the disk is full.
  package static func write(
    _ bytes: [UInt8],
    to path: String,
    isFlushed: Bool = true
  ) throws(FileError) {
    let file = try FileInProgress(replacing: path)
    let failure = unsafe bytes.withUnsafeBytes { unsafe file.append($0) }
    if let failure {
      file.discard()
      throw failure
    }
    try file.commit(isFlushed: isFlushed)
  }

  /// Returns the error for a file that could not be read further because of `number`, an `errno`.
  static func readingError(_ number: Int32, _ path: String) -> FileError {
    FileError("cannot be read: \(systemMessage(number))", file: path)
  }

  /// What `number`, an `errno`, means.
  package static func systemMessage(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }

  /// Returns the error for a file that could not be opened because of `number`, an `errno`.
  private static func openingError(_ number: Int32, _ path: String) -> FileError {
    switch number {
    case ENOENT: FileError("does not exist", file: path)
    case EACCES, EPERM:
      FileError(
        "may not be read by this user",
        file: path,
        advice: "change its permissions (chmod u+r)"
      )
    default: FileError("cannot be opened: \(systemMessage(number))", file: path)
    }
  }

  /// Returns the error for a file that could not be written because of `number`, an `errno`.
  static func writingError(_ number: Int32, _ path: String) -> FileError {
    let advice: String? =
      switch number {
      case EACCES, EPERM, EROFS: "choose a folder you may write to"
      case ENOSPC, EDQUOT, EFBIG: "free some space on that disk"
      case ENOENT, ENOTDIR: "create the folder first"
      default: nil
      }
    return FileError(
      "cannot be written: \(systemMessage(number))",
      file: path,
      advice: advice
    )
  }
}
