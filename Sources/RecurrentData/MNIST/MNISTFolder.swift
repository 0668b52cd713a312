import Foundation
import Recurrent

/// Finds the four files in a folder.
enum MNISTFolder {
  /// Returns the path of one file in `folder` under any of its names, or nil.
  static func locate(_ file: MNISTFile, in folder: String) -> String? {
    let url = URL(fileURLWithPath: folder)
    return file.acceptedNames.map { url.appendingPathComponent($0).path }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Returns the paths of all four files in a folder the user has given.
  ///
  /// - Throws: An error that names what was looked for if something is missing.
  static func locateAll(
    in folder: String,
    _ variant: MNIST.Variant
  ) throws(FileError) -> [MNISTFile: String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw FileError(
        "does not exist",
        file: folder,
        advice: "give the folder that holds \(variant.name)'s files"
      )
    }
    guard isFolder.boolValue else {
      throw FileError(
        "is a file, not a folder",
        file: folder,
        advice: "give the folder that holds \(variant.name)'s files"
      )
    }
    var paths: [MNISTFile: String] = [:]
    for file in MNISTFile.allCases { paths[file] = locate(file, in: folder) }
    let missing = MNISTFile.allCases.filter { paths[$0] == nil }
    guard missing.isEmpty else {
      let found = paths.isEmpty ? "holds nothing of" : "does not hold all of"
      throw FileError(
        "\(found) \(variant.name): looked for \(missing.map(\.name).joined(separator: ", ")), each also with .gz "
          + "or with .idx for -idx, and did not find \(missing.count == 1 ? "it" : "them")",
        file: folder
      )
    }
    return paths
  }
}
