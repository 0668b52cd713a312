import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Writes to the error output what can be written; a terminal that is gone is no reason to end.
func writeToErrorOutput(_ text: String) {
  Array(text.utf8).withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let buffer = UnsafeRawBufferPointer(rebasing: rest)
      let count = write(STDERR_FILENO, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}
