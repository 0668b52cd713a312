public import Recurrent

/// An array as NumPy writes it into `.npy` files and `.npz` archives.
///
/// Source: R. Kern, "A simple file format for NumPy arrays", NEP 1, 2007,
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public struct NumPyArray: Sendable, Equatable {
  /// The kinds of elements that are read.
  public enum Kind: Character, Sendable {
    /// True or false, a byte each.
    case boolean = "b"
    /// Whole numbers with a sign.
    case integer = "i"
    /// Whole numbers from 0 up.
    case unsigned = "u"
    /// Numbers as IEEE 754 has them, of 4 or 8 bytes.
    case real = "f"
  }

  /// The extents, outermost first; none for a single number.
  public let shape: [Int]
  /// What the elements are.
  public let kind: Kind
  /// The number of bytes of an element.
  public let width: Int
  /// The elements, little-endian, the last axis running fastest.
  public let bytes: [UInt8]
  private let path: String

  /// The number of elements.
  public var count: Int { bytes.count / width }

  /// Reads the `.npy` file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read, is no such file, or holds other things than numbers.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(WholeFile.contents(of: path), path: path)
  }

  /// Reads the content of a `.npy` file; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is none, or holds other things than numbers.
  public init(_ content: [UInt8], path: String) throws(FileError) {
    let header = try NumPyHeader(content, path: path)
    var bytes = Array(content[header.end...])
    guard bytes.count == header.byteCount else {
      throw FileError(
        "holds \(bytes.count) bytes of elements, and its shape needs \(header.byteCount)",
        file: path,
        byteOffset: header.end,
        advice: "get the file again"
      )
    }
    if header.isBigEndian && header.width > 1 { bytes.reverseElements(of: header.width) }
    if header.isColumnMajor && header.shape.count > 1 {
      bytes = bytes.rowMajor(header.shape, width: header.width)
    }
    shape = header.shape
    kind = header.kind
    width = header.width
    self.bytes = bytes
    self.path = path
  }

  /// The elements as floats, each the nearest there is.
  public var floats: [Float] {
    (0..<count).map { index in
      let bits = word(index)
      return switch kind {
      case .boolean: bits == 0 ? 0 : 1
      case .unsigned: Float(bits)
      case .integer: Float(signed(bits))
      case .real: width == 4 ? Float(bitPattern: UInt32(bits)) : Float(Double(bitPattern: bits))
      }
    }
  }

  /// The elements as whole numbers.
  ///
  /// - Throws: `FileError` when they are fractions, or too large.
  public func integers() throws(FileError) -> [Int] {
    guard kind != .real else {
      throw FileError("holds numbers with fractions where whole numbers are wanted", file: path)
    }
    var integers: [Int] = []
    integers.reserveCapacity(count)
    for index in 0..<count {
      let bits = word(index)
      guard kind == .integer || bits <= UInt64(Int.max) else {
        throw FileError("holds \(bits), which is too large", file: path)
      }
      switch kind {
      case .integer: integers.append(Int(signed(bits)))
      case .boolean: integers.append(bits == 0 ? 0 : 1)
      default: integers.append(Int(bits))
      }
    }
    return integers
  }

  private func word(_ index: Int) -> UInt64 {
    (0..<width).reduce(0) { $0 | UInt64(bytes[index * width + $1]) << (8 * UInt64($1)) }
  }

  private func signed(_ bits: UInt64) -> Int64 {
    let unused = Int64(64 - 8 * width)
    return (Int64(bitPattern: bits) << unused) >> unused
  }
}

extension [UInt8] {
  /// Turns the bytes of every element of `width` bytes around.
  fileprivate mutating func reverseElements(of width: Int) {
    for start in stride(from: 0, to: count, by: width) {
      self[start..<start + width].reverse()
    }
  }

  /// Elements whose first axis runs fastest, in the order in which the last one does.
  fileprivate func rowMajor(_ shape: [Int], width: Int) -> [UInt8] {
    var strides = shape
    var size = width
    for axis in shape.indices {
      strides[axis] = size
      size *= shape[axis]
    }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var indices = shape.map { _ in 0 }
    var offset = 0
    for _ in 0..<count / width {
      result += self[offset..<offset + width]
      var axis = shape.count - 1
      while axis >= 0 {
        indices[axis] += 1
        offset += strides[axis]
        if indices[axis] < shape[axis] { break }
        offset -= indices[axis] * strides[axis]
        indices[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}
