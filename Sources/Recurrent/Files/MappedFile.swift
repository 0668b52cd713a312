#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file whose bytes are read from the disk when they are looked at, so that it may be larger than
/// memory.
///
/// The file must not become shorter while it is used: the system ends a program that looks at bytes
/// that are no longer there.
///
/// Sendable without a check by the compiler: the bytes are mapped for reading only, and stay mapped
/// until nobody refers to this object any more.
@safe public final class MappedFile: @unchecked Sendable {
  /// The file's path.
  public let path: String
  /// The number of bytes.
  public let count: Int
  private let base: UnsafeRawPointer?

  /// Opens the file at `path`.
  ///
  /// - Throws: `FileError` if the file is missing, unreadable, a directory, or no ordinary file.
  public init(_ path: String) throws(FileError) {
    let descriptor: Int32
    (descriptor, count) = try WholeFile.opened(path)
    defer { close(descriptor) }
    self.path = path
    if count == 0 {
      unsafe base = nil
      return
    }
    let memory = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw WholeFile.readingError(errno, path)
    }
    unsafe base = UnsafeRawPointer(memory)
  }

  deinit {
    if let base = unsafe base { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }

  /// The number of 32 bits that begins at a place, as this machine has it in memory.
  ///
  /// - Precondition: Its four bytes lie within the file.
  @inline(__always)
  func float(at place: Int) -> Float {
    require(
      place >= 0 && place + 4 <= count,
      "bytes \(place) to \(place + 4) lie outside a file of \(count)"
    )
    // The file is not empty, so it is mapped.
    return unsafe base.unsafelyUnwrapped.loadUnaligned(fromByteOffset: place, as: Float.self)
  }

  /// Writes some of the bytes to `target`, which has room for them.
  ///
  /// - Precondition: They lie within the file.
  func copy(_ part: Range<Int>, into target: UnsafeMutableRawPointer) {
    require(
      part.lowerBound >= 0 && part.upperBound <= count,
      "bytes \(part) lie outside a file of \(count)"
    )
    guard let base = unsafe base else { return }
    unsafe target.copyMemory(from: base + part.lowerBound, byteCount: part.count)
  }

  /// The byte at a place.
  ///
  /// - Precondition: The place is from 0 to below `count`.
  @inline(__always)
  public subscript(place: Int) -> UInt8 {
    require(0..<count ~= place, "byte \(place) lies outside a file of \(count)")
    // The file is not empty, so it is mapped.
    return unsafe base.unsafelyUnwrapped.load(fromByteOffset: place, as: UInt8.self)
  }
}
