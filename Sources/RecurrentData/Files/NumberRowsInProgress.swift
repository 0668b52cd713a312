import Foundation
import Recurrent

/// Rows of numbers on their way into memory, or into a file without a name.
struct NumberRowsInProgress {
  private static let pieceSize = 1 << 16

  private let columns: Int
  private var numbers: [Float] = []
  private let file: UnnamedFile?

  /// Begins.
  ///
  /// - Throws: `FileError` where a file is wanted and cannot be made.
  init(columns: Int, isMapped: Bool) throws(FileError) {
    self.columns = columns
    file = isMapped ? try UnnamedFile() : nil
  }

  /// Takes the next number of a row.
  mutating func append(_ number: Float) throws(FileError) {
    numbers.append(number)
    if let file, numbers.count >= Self.pieceSize {
      try file.append(numbers)
      numbers.removeAll(keepingCapacity: true)
    }
  }

  /// The rows.
  ///
  /// - Precondition: They are whole.
  consuming func rows() throws(FileError) -> NumberRows {
    guard let file else { return NumberRows(numbers, columns: columns) }
    try file.append(numbers)
    return NumberRows(floatsOf: try file.mapped(), columns: columns)
  }
}

/// A file in the folder for temporary files that is gone when nobody needs it any more, however the
/// process ends.
private final class UnnamedFile {
  private let path: String
  private let handle: FileHandle

  init() throws(FileError) {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "recurrent-\(UUID().uuidString)").path
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else {
      throw FileError(
        "cannot be made",
        file: path,
        advice: "set TMPDIR to a folder you may write to, with room for the numbers"
      )
    }
    self.handle = handle
  }

  deinit {
    try? handle.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  func append(_ numbers: [Float]) throws(FileError) {
    let data = numbers.withUnsafeBytes { Data($0) }
    do {
      try handle.write(contentsOf: data)
    } catch {
      throw FileError(
        "cannot be written; is the disk full?",
        file: path,
        advice: "set TMPDIR to a folder with room for the numbers"
      )
    }
  }

  /// The file mapped into memory; its name is taken away, its bytes stay as long as they are mapped.
  func mapped() throws(FileError) -> MappedFile {
    let file = try MappedFile(path)
    try? FileManager.default.removeItem(atPath: path)
    return file
  }
}
