import ArgumentParser
import Foundation
import RecurrentData

/// Data as they are named on the command line: a data set known by name, or a file.
struct DataArgument: Equatable {
  /// The kind of data.
  let name: DataSetName
  /// The file's path, as it was given; nil for a data set known by name.
  let path: String?

  /// What can be named, for a sentence.
  static let known = DataSetName.named.map(\.rawValue).joined(separator: ", ")

  init(_ name: DataSetName, path: String? = nil) {
    self.name = name
    self.path = path
  }

  /// The data set of this name, or the file.
  ///
  /// - Throws: `ValidationError` where there is neither.
  init(_ argument: String) throws {
    if let known = DataSetName.named.first(where: { $0.rawValue == argument }) {
      self.init(known)
      return
    }
    guard FileManager.default.fileExists(atPath: argument) else {
      throw ValidationError(
        "there is no data set and no file '\(argument)'; use \(Self.known), or a file"
      )
    }
    self.init(Self.kind(ofFile: argument), path: argument)
  }

  /// What a file holds, by its name.
  private static func kind(ofFile path: String) -> DataSetName {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      return .folder
    }
    return switch URL(filePath: path).pathExtension.lowercased() {
    case "ts": .series
    case "csv", "tsv": .table
    case "npy", "npz": .arrays
    default: .text
    }
  }
}
