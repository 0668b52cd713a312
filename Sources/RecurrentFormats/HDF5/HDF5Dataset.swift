import Recurrent

/// An array in an HDF5 file; its elements are read when they are asked for.
///
/// Floats of 2, 4 and 8 bytes are read, little-endian, stored in one piece, in the header or in
/// chunks.
///
/// Sources: sections IV.A.2.b (dataspace), IV.A.2.d (datatype) and IV.A.2.i (data layout).
struct HDF5Dataset: Sendable {
  /// Where the elements are.
  enum Layout: Sendable {
    case whole(Range<Int>)
    case chunked(HDF5Chunks)
    /// In a way that is not read, which counts only when the elements are asked for.
    case unreadable(FileError)
  }

  /// The extents, outermost first.
  let shape: [Int]
  /// The bytes of an element; nil if the elements are no floats.
  private let width: Int?
  private let layout: Layout
  private let bytes: HDF5Bytes

  /// How many bytes of the file the elements take at least.
  var storedSize: Int {
    switch layout {
    case .whole(let range): range.count
    case .chunked(let chunks): chunks.leastStoredSize
    case .unreadable: 0
    }
  }

  /// Reads what a header says of an array; nil if the object is none.
  init?(_ header: HDF5ObjectHeader, of bytes: HDF5Bytes) throws(FileError) {
    guard let space = try header.only(.dataspace), let type = try header.only(.datatype),
      let message = try header.only(.layout)
    else { return nil }
    self.bytes = bytes
    shape = try Self.shape(space.lowerBound, of: bytes)
    let (isFloat, size) = try Self.floatWidth(type.lowerBound, of: bytes)
    width = isFloat ? size : nil
    var total = size
    for extent in shape where extent > 0 {
      let product = total.multipliedReportingOverflow(by: extent)
      guard !product.overflow else {
        throw bytes.problem("has an array of an impossible shape", at: space.lowerBound)
      }
      total = product.partialValue
    }
    if shape.contains(0) { total = 0 }
    do throws(FileError) {
      layout = try Self.layout(
        message.lowerBound,
        shape: shape,
        width: size,
        size: total,
        filters: header.only(.filters),
        of: bytes
      )
    } catch {
      layout = .unreadable(error)
    }
  }

  private static func layout(
    _ place: Int,
    shape: [Int],
    width: Int,
    size: Int,
    filters: Range<Int>?,
    of bytes: HDF5Bytes
  ) throws(FileError) -> Layout {
    let version = try bytes.number(place, 1)
    guard (3...4).contains(version) else {
      throw bytes.problem("has an array in a layout that is not read", at: place)
    }
    switch try bytes.number(place + 1, 1) {
    case 0:
      let length = try bytes.number(place + 2, 2)
      guard length == size else {
        throw bytes.problem("has an array of another size than its shape needs", at: place)
      }
      return .whole(try bytes.slice(place + 4, length).indices)
    case 1:
      guard let start = try bytes.address(place + 2), try bytes.number(place + 10, 8) == size else {
        throw bytes.problem("has an array without elements, or of another size", at: place)
      }
      return .whole(try bytes.slice(start, size).indices)
    case 2 where version == 3:
      return .chunked(
        try HDF5Chunks(place, shape: shape, width: width, filters: filters, of: bytes)
      )
    default: throw bytes.problem("has an array in a layout that is not read", at: place)
    }
  }

  /// The elements as floats, each the nearest there is, the last axis running fastest.
  func floats() throws(FileError) -> [Float] {
    guard let width else { throw bytes.problem("has an array of something else than floats") }
    let stored: ArraySlice<UInt8>
    switch layout {
    case .whole(let range): stored = bytes.content[range]
    case .chunked(let chunks): stored = try chunks.elements(of: bytes)[...]
    case .unreadable(let problem): throw problem
    }
    return stride(from: stored.startIndex, to: stored.endIndex, by: width).map { start in
      let bits = (0..<width).reduce(UInt64(0)) {
        $0 | UInt64(stored[start + $1]) << (8 * UInt64($1))
      }
      return switch width {
      case 2: Float(halfBits: UInt16(truncatingIfNeeded: bits))
      case 4: Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      default: Float(Double(bitPattern: bits))
      }
    }
  }

  /// The extents that a dataspace says; none for a single number.
  static func shape(_ place: Int, of bytes: HDF5Bytes) throws(FileError) -> [Int] {
    let version = try bytes.number(place, 1)
    let rank = try bytes.number(place + 1, 1)
    let kind = try bytes.number(place + 3, 1)
    guard (1...2).contains(version), rank <= 32, version == 1 || kind < 2 else {
      throw bytes.problem("has an array of no shape that is read", at: place)
    }
    var shape: [Int] = []
    for axis in 0..<rank {
      shape.append(try bytes.number(place + (version == 1 ? 8 : 4) + 8 * axis, 8))
    }
    return shape
  }

  /// Whether a datatype is floats as they are read, and how many bytes an element has.
  private static func floatWidth(
    _ place: Int,
    of bytes: HDF5Bytes
  ) throws(FileError) -> (isFloat: Bool, size: Int) {
    let size = try bytes.number(place + 4, 4)
    guard size > 0 else { throw bytes.problem("has elements of no size", at: place) }
    guard try bytes.number(place, 1) & 15 == 1 else { return (false, size) }
    // Where the sign, the exponent and the fraction are, and what is taken off the exponent.
    let fields: [Int: [UInt8]] = [
      2: [15, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0],
      4: [31, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0],
      8: [63, 0, 0, 0, 64, 0, 52, 11, 0, 52, 255, 3, 0, 0],
    ]
    guard let wanted = fields[size], try bytes.number(place + 1, 1) & 0x41 == 0 else {
      return (false, size)
    }
    let sign = try bytes.slice(place + 2, 1)
    let properties = try bytes.slice(place + 8, 12)
    return ((sign + [0] + properties).elementsEqual(wanted), size)
  }
}
