import Foundation
import Recurrent

/// The folder that the lesson's listings and figures are written to.
struct LessonFolder {
  let path: String

  /// Makes the folder unless it is there.
  ///
  /// - Throws: An error if it cannot be made, or is no folder, or may not be written to.
  init(_ path: String) throws {
    self.path = path
    let files = FileManager.default
    var isFolder: ObjCBool = false
    if files.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw CommandFailure("\(path): is a file, not a folder; choose another --output")
      }
    } else {
      do {
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
      } catch {
        throw CommandFailure(
          "\(path): the folder cannot be made; choose an --output folder you may write to"
        )
      }
    }
    guard files.isWritableFile(atPath: path) else {
      throw CommandFailure("\(path): may not be written to; choose another --output")
    }
  }

  /// Writes the files, in place of those of their names.
  func write(_ files: [LessonBook.File]) throws {
    for file in files { try WholeFile.write(Array(file.text.utf8), to: path + "/" + file.name) }
  }
}
