import Recurrent
import RecurrentData

/// Arrays of floats by name, whatever kind of file they are from; each is converted when asked for.
struct NamedArrays: Sendable {
  /// The file, for errors.
  let path: String
  /// The extents of each array, outermost first.
  let shapes: [String: [Int]]
  private let floats: @Sendable (_ name: String) throws(FileError) -> [Float]

  init(
    path: String,
    shapes: [String: [Int]],
    floats: @escaping @Sendable (_ name: String) throws(FileError) -> [Float]
  ) {
    self.path = path
    self.shapes = shapes
    self.floats = floats
  }

  /// The arrays of a safetensors file.
  init(_ file: SafetensorsFile, path: String) {
    self.init(path: path, shapes: file.entries.mapValues(\.shape)) { name throws(FileError) in
      try file.convertedTensor(named: name).elements
    }
  }

  /// The arrays of a `.npz` file.
  init(_ archive: NumPyArchive, path: String) {
    self.init(path: path, shapes: archive.arrays.mapValues(\.shape)) { name throws(FileError) in
      guard let array = archive.arrays[name], array.kind == .real else {
        throw FileError("array '\(name)' holds something else than floats", file: path)
      }
      return array.floats
    }
  }

  /// The arrays of an HDF5 file.
  init(_ file: HDF5File, path: String) {
    self.init(path: path, shapes: file.datasets.mapValues(\.shape)) { name throws(FileError) in
      try file.datasets[name]?.floats() ?? []
    }
  }

  /// An error about the file.
  func problem(_ text: String, advice: String? = nil) -> FileError {
    FileError(text, file: path, advice: advice)
  }

  /// The array of this name.
  ///
  /// - Throws: `FileError` if it is not there, holds no floats, or has no elements.
  func tensor(_ name: String) throws(FileError) -> Tensor {
    guard let shape = shapes[name], !shape.contains(0) else {
      throw problem("has no array named '\(name)', or one without elements")
    }
    return Tensor(try floats(name), shape: Shape(shape))
  }

  /// The rows and columns of a matrix.
  func matrixShape(_ name: String) throws(FileError) -> (rows: Int, columns: Int) {
    guard let shape = shapes[name], shape.count == 2, !shape.contains(0) else {
      throw problem("array '\(name)' has shape \(shapes[name] ?? []), and a matrix is wanted")
    }
    return (shape[0], shape[1])
  }

  /// The array of this name, which has to have this shape.
  func tensor(_ name: String, _ shape: [Int]) throws(FileError) -> Tensor {
    guard let found = shapes[name], found == shape else {
      throw problem("array '\(name)' has shape \(shapes[name] ?? []), and \(shape) is wanted")
    }
    return try tensor(name)
  }
}

extension [String: Tensor] {
  /// The tensors as a safetensors file.
  func safetensors(_ metadata: [String: String] = [:]) -> SafetensorsFile {
    reduce(into: SafetensorsFile(metadata: metadata)) { $0.add($1.value, named: $1.key) }
  }
}
