import Foundation

/// What the program says while it works, line by line even where it is written to a file.
enum Progress {
  /// Says one line, or more.
  static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
