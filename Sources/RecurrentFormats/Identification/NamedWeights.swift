public import Recurrent
import RecurrentData

/// The arrays of floats in a file, by their names, whatever they are the weights of.
public struct NamedWeights: Sendable {
  /// The arrays in order of their names.
  public let arrays: [(name: String, value: Tensor)]

  /// Reads a safetensors, `.npz`, HDF5 or `.keras` file.
  ///
  /// - Throws: `FileError` when it cannot be read, is damaged, or holds no floats.
  public init(contentsOf path: String) throws(FileError) {
    let content = try WholeFile.contents(of: path)
    let named = try Self.named(content, path: path)
    var arrays: [(name: String, value: Tensor)] = []
    for name in named.shapes.keys.sorted() {
      // What an optimizer kept has the shapes of weights too.
      guard !name.contains("optimizer") else { continue }
      guard let value = try? named.tensor(name) else { continue }
      arrays.append((name, value))
    }
    guard !arrays.isEmpty else { throw FileError("holds no arrays of floats", file: path) }
    self.arrays = arrays
  }

  private static func named(_ content: [UInt8], path: String) throws(FileError) -> NamedArrays {
    if HDF5File.isBeginning(of: content) {
      return NamedArrays(try HDF5File(content, path: path), path: path)
    }
    guard content.starts(with: [0x50, 0x4B, 3, 4]) else {
      return NamedArrays(try SafetensorsFile(bytes: content, path: path), path: path)
    }
    let directory = try ZipDirectory(content, path: path)
    if let weights = directory.entries.first(where: { $0.name.hasSuffix(".weights.h5") }) {
      return NamedArrays(try HDF5File(directory.bytes(of: weights), path: path), path: path)
    }
    return NamedArrays(try NumPyArchive(content, path: path), path: path)
  }
}
