import Foundation

/// What a training that is a process of its own says.
struct TrainingLog {
  let path: String

  /// So much of its end is looked at.
  private static let end: UInt64 = 1 << 14

  /// Why the training failed: what it says after "error: " in the last such line; nil without one.
  var error: String? {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else {
      return nil
    }
    defer { try? file.close() }
    try? file.seek(toOffset: size > Self.end ? size - Self.end : 0)
    guard let bytes = try? file.readToEnd() else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.last(where: { $0.hasPrefix("error: ") }) else { return nil }
    // A word of the user's may be in it, with what a terminal would obey.
    let kept = line.dropFirst(7).unicodeScalars
      .map { $0.properties.generalCategory == .control ? "?" : $0 }
    return String(String.UnicodeScalarView(kept))
  }
}
