/// The contents of a safetensors file: named arrays, and text about them.
///
/// The format is eight bytes with the header's length, a JSON header, and the arrays' bytes.
/// Reading is strict: every size is checked against the file before anything is allocated, and a
/// name that comes twice is refused.
///
/// Source: <https://github.com/huggingface/safetensors>, "Format".
public struct SafetensorsFile: Sendable {
  /// One array: its element type, shape and bytes, little-endian.
  public struct Entry: Sendable {
    /// The element type as the format spells it, such as "F32".
    public let type: String
    /// The extents, outermost first.
    public let shape: [Int]
    /// The elements.
    public let bytes: ArraySlice<UInt8>
  }

  /// How many bytes an element of each type takes.
  static let widths = [
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2,
    "U16": 2, "I8": 1, "U8": 1, "BOOL": 1,
  ]
  /// The name under which the header has text instead of an array.
  static let metadataName = "__metadata__"

  /// The arrays by name.
  public internal(set) var entries: [String: Entry] = [:]
  /// Text about the file, by key.
  public var metadata: [String: String] = [:]
  package let path: String

  /// Creates an empty file, to be filled and written.
  public init(metadata: [String: String] = [:]) { self.init(path: "", metadata: metadata) }

  package init(path: String, metadata: [String: String] = [:]) {
    self.path = path
    self.metadata = metadata
  }

  /// The elements of a float array as a tensor.
  ///
  /// - Throws: `FileError` when there is no such array, or it is of another type.
  public func tensor(named name: String) throws(FileError) -> Tensor {
    guard let entry = entries[name] else { throw problem("has no array named '\(name)'") }
    guard entry.type == "F32" else {
      throw problem("array '\(name)' has type \(entry.type), and F32 is wanted")
    }
    return unsafe Tensor(uninitialized: Shape(entry.shape)) { target in
      unsafe entry.bytes.withUnsafeBytes { source in
        unsafe Self.copyWords(source, to: UnsafeMutableRawBufferPointer(target))
      }
    }
  }

  /// Adds a tensor under a name, replacing one of that name.
  ///
  /// - Precondition: The name is not `__metadata__`, under which the format has text.
  public mutating func add(_ tensor: Tensor, named name: String) {
    require(
      name != Self.metadataName,
      "an array of a safetensors file needs a name other than \(Self.metadataName)"
    )
    let bytes = unsafe tensor.withUnsafeElements { source in
      unsafe [UInt8](unsafeUninitializedCapacity: 4 * source.count) { target, count in
        unsafe Self.copyWords(
          UnsafeRawBufferPointer(source),
          to: UnsafeMutableRawBufferPointer(target)
        )
        count = 4 * source.count
      }
    }
    entries[name] = Entry(type: "F32", shape: tensor.shape.dimensions, bytes: bytes[...])
  }

  package func problem(_ text: String, offset: Int? = nil) -> FileError {
    FileError(text, file: path, byteOffset: offset)
  }

  /// Copies numbers of 32 bits between memory and a file, which has them little-endian.
  ///
  /// `target` has room for all of `source`, whose size is a multiple of 4; neither need be aligned.
  private static func copyWords(
    _ source: UnsafeRawBufferPointer,
    to target: UnsafeMutableRawBufferPointer
  ) {
    for offset in stride(from: 0, to: source.count, by: 4) {
      let word = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      unsafe target.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt32.self)
    }
  }
}
