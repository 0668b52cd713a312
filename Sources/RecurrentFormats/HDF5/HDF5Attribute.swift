import Recurrent

/// A text that an HDF5 object carries under a name.
///
/// Sources: sections IV.A.2.m (attributes, versions 1 to 3), IV.A.2.d (strings) and III.E (the global
/// heap, where strings of any length are).
enum HDF5Attribute {
  /// The text of this name; nil if the object has none of it.
  static func text(
    named name: String,
    _ header: HDF5ObjectHeader,
    of bytes: HDF5Bytes
  ) throws(FileError) -> String? {
    for message in try header.all(.attribute) {
      let place = message.lowerBound
      let version = try bytes.number(place, 1)
      guard (1...3).contains(version) else {
        throw bytes.problem("has an attribute of a version that is not read", at: place)
      }
      var sizes: [Int] = []
      for part in 0..<3 { sizes.append(try bytes.number(place + 2 + 2 * part, 2)) }
      let padded = version == 1 ? sizes.map { ($0 + 7) / 8 * 8 } : sizes
      let start = place + (version == 3 ? 9 : 8)
      let (type, space) = (start + padded[0], start + padded[0] + padded[1])
      let data = space + padded[2]
      guard data <= message.upperBound else {
        throw bytes.problem("has a damaged attribute", at: place)
      }
      guard try bytes.text(start, before: start + sizes[0]) == name else { continue }
      guard try HDF5Dataset.shape(space, of: bytes).allSatisfy({ $0 == 1 }) else {
        throw bytes.problem("has a list in the place of one text '\(name)'", at: place)
      }
      return try text(type, data: data..<message.upperBound, name, of: bytes)
    }
    return nil
  }

  private static func text(
    _ type: Int,
    data: Range<Int>,
    _ name: String,
    of bytes: HDF5Bytes
  ) throws(FileError) -> String {
    let found: ArraySlice<UInt8>
    switch (try bytes.number(type, 1) & 15, try bytes.number(type + 1, 1) & 15) {
    case (3, _):
      let length = try bytes.number(type + 4, 4)
      guard length <= data.count else {
        throw bytes.problem("has a text '\(name)' that breaks off", at: type)
      }
      found = try bytes.slice(data.lowerBound, length)
    case (9, 1):
      let object = try globalHeapObject(
        number: bytes.number(data.lowerBound + 12, 4),
        at: bytes.number(data.lowerBound + 4, 8),
        of: bytes
      )
      found = object.prefix(try bytes.number(data.lowerBound, 4))
    default: throw bytes.problem("has something else than a text under '\(name)'", at: type)
    }
    guard let text = String(validating: found.prefix { $0 != 0 }, as: UTF8.self) else {
      throw bytes.problem("has a text '\(name)' that is none", at: type)
    }
    return text
  }

  private static func globalHeapObject(
    number wanted: Int,
    at address: Int,
    of bytes: HDF5Bytes
  ) throws(FileError) -> ArraySlice<UInt8> {
    try bytes.expect("GCOL", at: address)
    let end = try bytes.slice(address, bytes.number(address + 8, 8)).endIndex
    var place = address + 16
    while place + 16 <= end {
      let (number, length) = (try bytes.number(place, 2), try bytes.number(place + 8, 8))
      let data = try bytes.slice(place + 16, length)
      // Number 0 is the space that is left.
      if number == 0 { break }
      if number == wanted { return data }
      place = data.endIndex + (8 - length % 8) % 8
    }
    throw bytes.problem("has no text where one should be", at: address)
  }
}
