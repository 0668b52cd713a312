import Recurrent

extension ONNXReader {
  /// The array in a message: its elements stand in a field of their type, or as raw bytes.
  func array(_ message: ONNXTensorMessage) throws(FileError) -> ONNXArray {
    let name = quoted(message.name)
    guard message.dataLocation == 0, message.externalData.isEmpty else {
      throw problem("keeps array \(name) in another file; export the model as one file")
    }
    // Beside an extent of 0 the others must not be too large either.
    var (count, largest) = (1, 1)
    for extent in message.dims {
      let (product, isTooLarge) = largest.multipliedReportingOverflow(by: max(Int(extent), 1))
      guard extent >= 0, !isTooLarge else { throw problem("array \(name) has impossible extents") }
      largest = product
      count *= Int(extent)
    }
    let shape = message.dims.map { Int($0) }
    func checked<Element>(_ elements: [Element]) throws(FileError) -> [Element] {
      guard elements.count == count else {
        throw problem("array \(name) has \(elements.count) elements, and \(count) are wanted")
      }
      return elements
    }
    let raw = message.hasRawData ? [UInt8](message.rawData) : nil
    switch message.dataType {
    case 1:
      var numbers = message.floatData
      if let raw { numbers = try words(raw, name).map { Float(bitPattern: $0) } }
      return ONNXArray(try checked(numbers), shape: shape)
    case 11:
      var numbers = message.doubleData
      if let raw { numbers = try words(raw, name).map { Double(bitPattern: $0) } }
      return ONNXArray(try checked(numbers).map { Float($0) }, shape: shape)
    case 10:
      var bits = message.int32Data.map { UInt16(truncatingIfNeeded: $0) }
      if let raw { bits = try words(raw, name) }
      return ONNXArray(try checked(bits).map(Float.init(halfBits:)), shape: shape)
    case 6:
      var integers = message.int32Data.map { Int($0) }
      if let raw { integers = try words(raw, name).map { Int(Int32(bitPattern: $0)) } }
      return ONNXArray(try checked(integers), shape: shape, type: .int32)
    case 7:
      var integers = message.int64Data.map { Int($0) }
      if let raw { integers = try words(raw, name).map { Int(Int64(bitPattern: $0)) } }
      return ONNXArray(try checked(integers), shape: shape)
    case 9:
      let truths = raw.map { $0.map { $0 != 0 } } ?? message.int32Data.map { $0 != 0 }
      return ONNXArray(try checked(truths), shape: shape)
    default:
      throw problem("array \(name) has elements of type \(message.dataType), which is not read")
    }
  }

  /// The little-endian words that bytes are.
  private func words<Word: FixedWidthInteger & UnsignedInteger>(
    _ bytes: [UInt8],
    _ name: String
  ) throws(FileError) -> [Word] {
    let width = Word.bitWidth / 8
    guard bytes.count % width == 0 else {
      throw problem("array \(name) has \(bytes.count) bytes, which is no number of elements")
    }
    return stride(from: 0, to: bytes.count, by: width).map { start in
      (0..<width).reduce(0) { $0 | Word(bytes[start + $1]) << (8 * $1) }
    }
  }
}
