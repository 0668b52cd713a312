import Foundation

/// A folder that exists as long as this object does.
public final class TemporaryFolder: Sendable {
  /// Where the folder is.
  public let path: String

  /// Creates an empty folder of a name of its own.
  public init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("recurrent-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file into the folder and returns its path.
  @discardableResult
  public func write(_ bytes: [UInt8], as name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// The names of all files in the folder, hidden ones too.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
