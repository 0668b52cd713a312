import ArgumentParser
import Foundation

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
    try self.init(Self.kind(ofFile: argument), path: argument)
  }

  /// What a file holds, by its name.
  private static func kind(ofFile path: String) throws -> DataSetName {
    switch URL(filePath: path).pathExtension.lowercased() {
    case "ts": return .series
    case "csv", "tsv", "npy", "npz":
      throw ValidationError(
        """
        tables and arrays are not learned from yet; write the series as a .ts file (a file of any \
        other name is read as text)
        """
      )
    default: return .text
    }
  }
}
