import Foundation

/// The folder where the user's downloaded data sets are kept.
package enum CacheFolder {
  /// Returns the folder for one data set.
  ///
  /// `~/Library/Caches/recurrent/NAME` on macOS; elsewhere `$XDG_CACHE_HOME/recurrent/NAME`, or
  /// `~/.cache/recurrent/NAME` if that variable does not hold an absolute path.
  package static func path(
    for name: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    #if canImport(Darwin)
    let caches = home + "/Library/Caches"
    #else
    let chosen = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let caches = chosen ?? home + "/.cache"
    #endif
    return caches + "/recurrent/" + name
  }
}
