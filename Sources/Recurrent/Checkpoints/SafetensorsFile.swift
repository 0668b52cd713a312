#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The contents of a safetensors file: named arrays, and text about them.
///
/// The format is eight bytes with the header's length, a JSON header, and the arrays' bytes.
/// Reading is strict: every size is checked against the file before anything is allocated.
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

  /// The arrays by name.
  public private(set) var entries: [String: Entry] = [:]
  /// Text about the file, by key.
  public var metadata: [String: String] = [:]
  private let path: String

  /// Creates an empty file, to be filled and written.
  public init(metadata: [String: String] = [:]) {
    self.metadata = metadata
    path = ""
  }

  /// The elements of a float array as a tensor.
  ///
  /// - Throws: `FileError` when there is no such array, or it is of another type.
  public func tensor(named name: String) throws(FileError) -> Tensor {
    guard let entry = entries[name] else { throw problem("has no array named '\(name)'") }
    guard entry.type == "F32" else {
      throw problem("array '\(name)' has type \(entry.type), and F32 is wanted")
    }
    let elements = stride(from: entry.bytes.startIndex, to: entry.bytes.endIndex, by: 4).map {
      index in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(entry.bytes[index + $1]) << (8 * $1) }
      return Float(bitPattern: bits)
    }
    return Tensor(elements, shape: Shape(entry.shape))
  }

  /// Adds a tensor under a name, replacing one of that name.
  public mutating func add(_ tensor: Tensor, named name: String) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * tensor.count)
    for element in tensor.elements {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: element.bitPattern >> shift))
      }
    }
    entries[name] = Entry(type: "F32", shape: tensor.shape.dimensions, bytes: bytes[...])
  }

  func problem(_ text: String, offset: Int? = nil) -> FileError {
    FileError(text, file: path, byteOffset: offset)
  }
}

// MARK: - Reading

extension SafetensorsFile {
  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read or is not a whole safetensors file.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: WholeFile.contents(of: path), path: path)
  }

  /// Reads a file's bytes; `path` is used in errors.
  ///
  /// - Throws: `FileError` when they are not a whole safetensors file.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    self.path = path
    guard bytes.count >= 8 else {
      throw FileError("is too short for a safetensors file", file: path)
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * $1) }
    guard length <= 100_000_000 && length <= UInt64(bytes.count - 8) else {
      throw FileError(
        "claims a header of \(length) bytes in a file of \(bytes.count)",
        file: path,
        byteOffset: 0,
        advice: "it is cut short or no safetensors file"
      )
    }
    let start = 8 + Int(length)
    try readHeader(bytes[8..<start], data: bytes[start...])
  }

  private struct Description: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private enum HeaderValue: Decodable {
    case metadata([String: String])
    case array(Description)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let description = try? container.decode(Description.self) {
        self = .array(description)
      } else {
        self = .metadata(try container.decode([String: String].self))
      }
    }
  }

  private mutating func readHeader(
    _ header: ArraySlice<UInt8>,
    data: ArraySlice<UInt8>
  ) throws(FileError) {
    let values: [String: HeaderValue]
    do {
      values = try JSONDecoder().decode([String: HeaderValue].self, from: Data(header))
    } catch {
      throw problem("has a header that is not the JSON of a safetensors file", offset: 8)
    }
    var spans: [(Range<Int>, String)] = []
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .metadata(let text):
        guard name == "__metadata__" else { throw problem("array '\(name)' has no description") }
        metadata = text
      case .array(let description):
        let span = try Self.span(of: description, name: name, in: data.count, path: path)
        spans.append((span, name))
        entries[name] = Entry(
          type: description.dtype,
          shape: description.shape,
          bytes: data[data.startIndex + span.lowerBound..<data.startIndex + span.upperBound]
        )
      }
    }
    var end = 0
    for (span, name) in spans.sorted(by: {
      ($0.0.lowerBound, $0.0.upperBound) < ($1.0.lowerBound, $1.0.upperBound)
    }) {
      guard span.lowerBound == end else {
        throw problem(
          "array '\(name)' leaves a gap or overlaps another",
          offset: data.startIndex + span.lowerBound
        )
      }
      end = span.upperBound
    }
    guard end == data.count else {
      throw problem(
        "has \(data.count - end) bytes that belong to no array",
        offset: data.startIndex + end
      )
    }
  }

  /// Where an array's bytes are, after checking every number of its description.
  private static func span(
    of description: Description,
    name: String,
    in size: Int,
    path: String
  ) throws(FileError) -> Range<Int> {
    let widths = [
      "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2,
      "U16": 2, "I8": 1, "U8": 1, "BOOL": 1,
    ]
    func failure(_ text: String) -> FileError {
      FileError("array '\(name)' \(text)", file: path)
    }
    guard let width = widths[description.dtype] else {
      throw failure("has the unknown type '\(description.dtype)'")
    }
    let offsets = description.data_offsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= size else {
      throw failure("lies outside the file")
    }
    var bytes = width
    for extent in description.shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw failure("has an impossible shape") }
      bytes = product
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw failure("takes \(offsets[1] - offsets[0]) bytes, its shape needs \(bytes)")
    }
    return offsets[0]..<offsets[1]
  }
}

// MARK: - Writing

extension SafetensorsFile {
  /// The file's bytes: arrays in the order of their names, so equal contents give equal bytes.
  public var bytes: [UInt8] {
    let names = entries.keys.sorted()
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    var data: [UInt8] = []
    for name in names {
      guard let entry = entries[name] else { continue }
      let shape = entry.shape.map { "\($0)" }.joined(separator: ",")
      let end = offset + entry.bytes.count
      fields.append(
        "\(Self.quoted(name)):{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      )
      data += entry.bytes
      offset = end
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    // Arrays begin on a multiple of 8 bytes, as the format's own writers pad.
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return length + header + data
  }

  /// Writes the file beside `path` and renames it into place.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String) throws(FileError) { try WholeFile.write(bytes, to: path) }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
