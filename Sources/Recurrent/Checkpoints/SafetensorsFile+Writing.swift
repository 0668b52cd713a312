extension SafetensorsFile {
  /// The file's bytes; equal contents give equal bytes.
  ///
  /// Arrays of wider elements come first, so that each begins on a multiple of its elements' width;
  /// those of one width are in the order of their names.
  public var bytes: [UInt8] {
    let arrays = arraysInOrder
    return arrays.reduce(into: header(of: arrays)) { $0 += $1.entry.bytes }
  }

  /// Writes the file beside `path` and renames it into place.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String) throws(FileError) { try write(to: path, isFlushed: true) }

  /// Writes the file; one that is not flushed may not outlast a power cut.
  package func write(to path: String, isFlushed: Bool) throws(FileError) {
    let arrays = arraysInOrder
    let file = try FileInProgress(replacing: path)
    var failure = unsafe header(of: arrays).withUnsafeBytes { unsafe file.append($0) }
    for array in arrays where failure == nil {
      failure = unsafe array.entry.bytes.withUnsafeBytes { unsafe file.append($0) }
    }
    if let failure {
      file.discard()
      throw failure
    }
    try file.commit(isFlushed: isFlushed)
  }

  private typealias NamedArray = (name: String, entry: Entry)

  private var arraysInOrder: [NamedArray] {
    let arrays: [(width: Int, array: NamedArray)] = entries.map { name, entry in
      (Self.widths[entry.type] ?? 1, (name, entry))
    }
    return arrays.sorted { ($1.width, $0.array.name) < ($0.width, $1.array.name) }.map(\.array)
  }

  /// All that comes before the data of these arrays.
  private func header(of arrays: [NamedArray]) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
        .map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
      fields.append("\"\(Self.metadataName)\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for (name, entry) in arrays {
      let shape = entry.shape.map { "\($0)" }.joined(separator: ",")
      let end = offset + entry.bytes.count
      fields.append(
        "\(Self.quoted(name)):{\"dtype\":\"\(entry.type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var text = Array("{\(fields.joined(separator: ","))}".utf8)
    // The data begin on a multiple of 8 bytes, as the format's own writers pad.
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

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
