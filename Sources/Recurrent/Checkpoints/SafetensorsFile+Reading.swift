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
    self.init(path: path)
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
    guard start == 8 || bytes[8] == UInt8(ascii: "{") else {
      throw problem("has a header that does not begin with '{'", offset: 8)
    }
    let descriptions = try readHeader(JSONScanner(bytes, in: 8..<start, file: path))
    let data = bytes[start...]
    for description in descriptions {
      let span = try span(of: description, in: data.count)
      entries[description.name] = Entry(
        type: description.type,
        shape: description.shape,
        bytes: data[start + span.lowerBound..<start + span.upperBound]
      )
    }
    try checkCoverage(of: data)
  }

  /// What the header says of an array.
  private struct Description {
    let name: String
    /// Where in the file the name stands.
    let place: Int
    let type: String
    let shape: [Int]
    let offsets: [Int]
  }

  /// Reads the header: takes the text about the file, and returns what is said of its arrays.
  private mutating func readHeader(_ scanner: JSONScanner) throws(FileError) -> [Description] {
    var scanner = scanner
    var descriptions: [Description] = []
    try scanner.readObject { scanner, name, place throws(FileError) in
      if name == Self.metadataName {
        try scanner.readObject { scanner, key, _ throws(FileError) in
          metadata[key] = try scanner.readText()
        }
      } else {
        descriptions.append(try description(&scanner, of: name, at: place))
      }
    }
    try scanner.expectEnd()
    return descriptions
  }

  private func description(
    _ scanner: inout JSONScanner,
    of name: String,
    at place: Int
  ) throws(FileError) -> Description {
    var type: String?
    var (shape, offsets): ([Int]?, [Int]?)
    try scanner.readObject { scanner, field, _ throws(FileError) in
      switch field {
      case "dtype": type = try scanner.readText()
      case "shape": shape = try scanner.readWholeNumbers()
      case "data_offsets": offsets = try scanner.readWholeNumbers()
      default: try scanner.skipValue()
      }
    }
    guard let type, let shape, let offsets else {
      throw problem(
        "array '\(JSONScanner.shortened(name))' is described without its dtype, shape or data_offsets",
        offset: place
      )
    }
    return Description(name: name, place: place, type: type, shape: shape, offsets: offsets)
  }

  /// Where an array's bytes are in the data, after checking every number of its description.
  private func span(of description: Description, in size: Int) throws(FileError) -> Range<Int> {
    func failure(_ text: String) -> FileError {
      problem(
        "array '\(JSONScanner.shortened(description.name))' \(text)",
        offset: description.place
      )
    }
    let type = description.type
    guard let width = Self.widths[type] else {
      throw failure("has the unknown type '\(JSONScanner.shortened(type))'")
    }
    let offsets = description.offsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= size else {
      throw failure("lies outside the file")
    }
    guard offsets[0].isMultiple(of: width) else {
      throw failure(
        "begins at byte \(offsets[0]) of the data, no multiple of the \(width) bytes of \(type)"
      )
    }
    // An extent of 0 excuses none of the others: whoever multiplies them may do so in any order.
    var bytes = width
    for extent in description.shape where extent != 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow else { throw failure("has an impossible shape") }
      bytes = product
    }
    if description.shape.contains(0) { bytes = 0 }
    guard bytes == offsets[1] - offsets[0] else {
      throw failure("takes \(offsets[1] - offsets[0]) bytes, its shape needs \(bytes)")
    }
    return offsets[0]..<offsets[1]
  }

  /// Checks that every byte of the data belongs to one array.
  private func checkCoverage(of data: ArraySlice<UInt8>) throws(FileError) {
    var end = data.startIndex
    let arrays = entries.map { (name: $0.key, span: $0.value.bytes.indices) }
    for (name, span) in arrays.sorted(by: {
      ($0.span.lowerBound, $0.span.upperBound, $0.name)
        < ($1.span.lowerBound, $1.span.upperBound, $1.name)
    }) {
      guard span.lowerBound == end else {
        throw problem(
          "array '\(JSONScanner.shortened(name))' leaves a gap or overlaps another",
          offset: span.lowerBound
        )
      }
      end = span.upperBound
    }
    guard end == data.endIndex else {
      throw problem("has \(data.endIndex - end) bytes that belong to no array", offset: end)
    }
  }
}
