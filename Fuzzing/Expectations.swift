import Recurrent

/// The bytes that libFuzzer made up.
func bytes(_ start: UnsafePointer<UInt8>, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: start, count: count))
}

/// A safetensors file's bytes with the right length before its header.
///
/// A wrong one would keep most changes of a header from being read. So what begins with a brace is a
/// header as far as the first zero byte, and data after it; anything else stays as it is.
func withLength(_ input: [UInt8]) -> [UInt8] {
  guard input.first == UInt8(ascii: "{") else { return input }
  let header = input.prefix { $0 != 0 }
  let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
  return length + header + input[header.endIndex...].dropFirst()
}

/// Stops the fuzzer, which then keeps the input, unless `condition` holds.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}

/// What `read` returns; nil where it refuses, which must be in one line that begins with the file.
func accepted<Result>(
  file: String = "input",
  _ read: () throws(FileError) -> Result
) -> Result? {
  do throws(FileError) { return try read() } catch {
    let line = error.description
    expect(line.hasPrefix(file), "does not name the file: \(line)")
    expect(!line.contains(where: \.isNewline), "is more than one line: \(line)")
    return nil
  }
}
