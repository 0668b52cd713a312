public import Foundation

/// The folder of data and reference numbers that some tests want, named by RECURRENT_SHARED.
///
/// It is not part of the repository. Tests that want it are skipped, with this reason, where the
/// variable is not set.
public enum SharedFolder {
  /// The folder, if the variable names one.
  public static let url: URL? = ProcessInfo.processInfo.environment["RECURRENT_SHARED"]
    .flatMap { $0.isEmpty ? nil : URL(filePath: $0, directoryHint: .isDirectory) }

  /// Whether the variable is set.
  public static var isGiven: Bool { url != nil }

  /// Why a test is skipped.
  public static let reason = "RECURRENT_SHARED does not name the folder of reference data"

  /// The path of something in the folder; where there is none, a path that does not exist.
  public static func path(_ name: String) -> String {
    (url ?? URL(filePath: "/RECURRENT_SHARED-is-not-set")).appending(path: name).path
  }
}
