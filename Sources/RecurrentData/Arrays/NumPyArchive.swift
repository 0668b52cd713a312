public import Recurrent

/// Several NumPy arrays under names: a `.npz` file, which is a zip archive of `.npy` files.
///
/// Sizes, places, names and checksums are checked before an array is made. Archives larger than 4 GB,
/// encrypted ones and those in several files are not read.
///
/// Source: NumPy's `savez` and `savez_compressed`.
public struct NumPyArchive: Sendable {
  /// The arrays by name, without the ending `.npy`.
  public let arrays: [String: NumPyArray]

  /// No more bytes than this are inflated, all arrays together.
  static let limit = 1 << 32

  /// Reads the `.npz` file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read, is damaged, or is none.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(WholeFile.contents(of: path), path: path)
  }

  /// Reads the content of a `.npz` file; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is damaged, or is none.
  public init(_ content: [UInt8], path: String) throws(FileError) {
    let directory = try ZipDirectory(content, path: path)
    var arrays: [String: NumPyArray] = [:]
    var room = Self.limit
    for entry in directory.entries {
      guard entry.name.hasSuffix(".npy") else {
        throw FileError("holds '\(entry.name.prefix(60))', which is no array", file: path)
      }
      guard entry.size <= room else {
        throw FileError("holds more than \(Self.limit) bytes of arrays", file: path)
      }
      room -= entry.size
      let name = String(entry.name.dropLast(4))
      guard arrays[name] == nil else {
        throw FileError("holds an array '\(name.prefix(60))' twice", file: path)
      }
      arrays[name] = try NumPyArray(directory.bytes(of: entry), path: "\(path)/\(entry.name)")
    }
    self.arrays = arrays
  }
}
