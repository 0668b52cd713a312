import Recurrent

/// The bytes of an HDF5 file: every number and every place in it is checked before it is used.
///
/// Addresses and lengths have 8 bytes, as HDF5's library writes them; numbers are little-endian.
///
/// Source: The HDF Group, "HDF5 File Format Specification Version 3.0", whose sections the readers of
/// the parts name.
struct HDF5Bytes: Sendable {
  let content: [UInt8]
  let path: String

  var count: Int { content.count }

  /// An error about a place in the file.
  func problem(_ text: String, at place: Int? = nil) -> FileError {
    FileError(text, file: path, byteOffset: place)
  }

  /// The whole number of `width` bytes at a place.
  func number(_ place: Int, _ width: Int) throws(FileError) -> Int {
    let bytes = try slice(place, width)
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: bits) else {
      throw problem("has an impossible number", at: place)
    }
    return number
  }

  /// The address at a place; nil where it is all ones, which stands for none.
  func address(_ place: Int) throws(FileError) -> Int? {
    if try slice(place, 8).allSatisfy({ $0 == 0xFF }) { return nil }
    return try number(place, 8)
  }

  /// The bytes from a place on.
  func slice(_ place: Int, _ length: Int) throws(FileError) -> ArraySlice<UInt8> {
    let end = place.addingReportingOverflow(length)
    guard place >= 0, length >= 0, !end.overflow, end.partialValue <= content.count else {
      throw problem("breaks off or points outside itself", at: min(max(place, 0), content.count))
    }
    return content[place..<end.partialValue]
  }

  /// Checks that a part of the file begins with its signature.
  func expect(_ signature: String, at place: Int) throws(FileError) {
    guard try slice(place, signature.utf8.count).elementsEqual(signature.utf8) else {
      throw problem("has no '\(signature)' where one should be", at: place)
    }
  }

  /// The text from a place to the next zero byte, all before `end`.
  func text(_ place: Int, before end: Int) throws(FileError) -> String {
    let bytes = try slice(place, min(1024, max(0, end - place))).prefix { $0 != 0 }
    guard place + bytes.count < end, let text = String(validating: bytes, as: UTF8.self) else {
      throw problem("has a name that does not end, or is no text", at: place)
    }
    return text
  }
}
