import Recurrent

/// The bytes that libFuzzer made up.
func bytes(_ start: UnsafePointer<UInt8>, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: start, count: count))
}

/// Stops the fuzzer, which then keeps the input, unless `condition` holds.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}

/// What `read` returns; nil where it refuses, which must be in one line that begins with the file.
func accepted<Result>(_ read: () throws(FileError) -> Result) -> Result? {
  do throws(FileError) { return try read() } catch {
    let line = error.description
    expect(line.hasPrefix("input"), "does not name the file: \(line)")
    expect(!line.contains(where: \.isNewline), "is more than one line: \(line)")
    return nil
  }
}
