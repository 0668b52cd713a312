import Foundation

/// Where things are: this package, what was built beside this program, and what is kept for later.
enum Places {
  /// The folder of this package.
  static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The Python contenders.
  static let peers = package.appending(path: "Peers")

  /// What is made here and not committed: the Python environment and the contenders' messages.
  static let kept = package.appending(path: ".build/compare")

  /// A program that was built beside this one.
  static func program(_ name: String) throws -> URL {
    let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let program = folder?.appending(path: name)
    guard let program, FileManager.default.isExecutableFile(atPath: program.path) else {
      throw CompareFailure("there is no program '\(name)' beside Compare; run it by swift run")
    }
    return program
  }

  /// Makes a folder and those above it.
  static func makeFolder(_ folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw CompareFailure("cannot make the folder \(folder.path)")
    }
  }
}
