import Foundation

extension Workbench {
  private var caches: String {
    #if canImport(Darwin)
    home + "/Library/Caches/recurrent"
    #else
    home + "/.cache/recurrent"
    #endif
  }

  /// Moves a folder under the work folder to where downloads of a data set are kept.
  func moveIntoCache(_ folder: String, as name: String) throws {
    try FileManager.default.createDirectory(atPath: caches, withIntermediateDirectories: true)
    try FileManager.default.moveItem(atPath: path + "/" + folder, toPath: caches + "/" + name)
  }

  /// The names of all files downloaded for a data set, hidden ones too.
  func cachedNames(of name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: caches + "/" + name)
  }

  /// Puts a file where the caches would be, so that nothing can be downloaded.
  func blockCache() throws {
    let folder = URL(filePath: caches).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: caches))
  }
}
